import Digests
import Foundation

/// Remembers image files that have been decoded once, by path, size and time of the last change, so that they need
/// not be decoded again to know that they can be.
///
/// Lies in the user's cache, never beside the images. Where it cannot be read or written, images are looked at
/// again.
struct SeenImages {
  private let path: String
  private var keys: Set<UInt64> = []

  /// - Parameters:
  ///   - folder: of the caches; nil where there is none.
  ///   - location: of the data.
  init?(of location: String, in folder: String?) {
    guard let folder else { return nil }
    path = "\(folder)/images-\(SHA256.digest(of: location).prefix(16))"
  }

  /// `convoy` in the user's folder of caches (XDG Base Directory Specification).
  static var defaultFolder: String? {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return "\(folder)/convoy" }
    return environment["HOME"].map { "\($0)/.cache/convoy" }
  }

  /// The file; empty where there is none.
  var bytes: [UInt8] { (try? Data(contentsOf: URL(fileURLWithPath: path))).map { [UInt8]($0) } ?? [] }

  func write(_ keys: [UInt64]) {
    let bytes = keys.flatMap { key in (0..<8).map { UInt8(truncatingIfNeeded: key >> (8 * $0)) } }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  static func keys(in bytes: [UInt8]) -> Set<UInt64> {
    Set(
      stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { start in
        (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
      })
  }

  /// - Parameter text: what must be the same for a file to count as seen.
  static func key(_ text: String) -> UInt64 { UInt64(SHA256.digest(of: text).prefix(16), radix: 16)! }
}
