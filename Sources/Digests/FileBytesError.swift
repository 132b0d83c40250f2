import Glibc

/// Why the bytes of a file cannot be read or written.
public struct FileBytesError: Error, Hashable, CustomStringConvertible {
  public let file: String
  /// The sentence without the file and the full stop.
  public let problem: String

  init(file: String, problem: String) { (self.file, self.problem) = (file, problem) }

  /// With the reason of the operating system's last refusal.
  init(_ file: String, _ problem: String) {
    self.init(file: file, problem: "\(problem) (\(unsafe String(cString: strerror(errno))))")
  }

  public var description: String { "\(file): \(problem): check the path, its permissions and the disk." }
}
