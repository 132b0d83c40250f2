import Foundation

/// A file in the folder of a run which says that a signal has ended it, where its newest checkpoint was written before
/// and does not know: then the same command line goes on all the same.
struct InterruptionMark: Sendable {
  private let path: String

  init(folder: String) { path = "\(folder)/interrupted" }

  var isThere: Bool { FileManager.default.fileExists(atPath: path) }

  // Without the mark the same command line says that --resume goes on, and with a mark too many it goes on by itself:
  // neither is worth an error where the disk refuses it.

  func set() {
    let text = "A signal has ended this run; the same command line goes on.\n"
    try? text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  func remove() { if isThere { try? FileManager.default.removeItem(atPath: path) } }
}
