/// Why a zip archive or a safetensors file cannot be read or written: which file, what is wrong, and what to do, in one
/// sentence.
public struct ArchiveError: Error, CustomStringConvertible, Hashable, Sendable {
  /// The path of the file, as it was given.
  public let file: String
  /// The sentence without the file.
  public let problem: String

  public var description: String { "\(file): \(problem)" }

  init(_ file: String, _ problem: String) { (self.file, self.problem) = (file, problem) }
}
