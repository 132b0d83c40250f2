import Foundation

/// A folder of its own for the files that a target reads; in memory where there is such a file system.
package final class FuzzFolder: Sendable {
  package let path: String

  package init() throws {
    let parent = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    path = "\(parent)/convoy-fuzz-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: "\(path)/class", withIntermediateDirectories: true)
  }

  deinit { remove() }

  package func remove() { try? FileManager.default.removeItem(atPath: path) }

  func with(_ name: String, _ bytes: [UInt8], _ body: (String) -> Void) {
    let file = "\(path)/\(name)"
    write(bytes, to: file)
    body(file)
  }

  /// One input for two files: the first two bytes say where the second begins, from the end.
  func withPair(_ first: String, _ second: String, _ bytes: [UInt8], _ body: (String) -> Void) {
    let rest = bytes.dropFirst(2)
    let count = bytes.count < 2 ? 0 : min(rest.count, Int(bytes[0]) | Int(bytes[1]) << 8)
    write(Array(rest.suffix(count)), to: "\(path)/\(second)")
    with(first, Array(rest.dropLast(count)), body)
  }

  private func write(_ bytes: [UInt8], to file: String) {
    guard FileManager.default.createFile(atPath: file, contents: Data(bytes)) else {
      preconditionFailure("\(file) cannot be written: is there room in memory?")
    }
  }
}
