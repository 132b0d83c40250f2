import FileKinds

/// Data that cannot be used: one sentence that says where, what, and what to do.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Parameters:
  ///   - place: the file, folder or setting.
  ///   - problem: what is wrong with it.
  ///   - remedy: what the reader can do.
  public init(_ place: String, _ problem: String, remedy: String) {
    description = "\(place): \(problem); \(remedy)"
  }

  /// A file of another program.
  init(_ path: String, _ kind: FileKind, for reader: FileKind.Reader) {
    self.init(path, kind.finding(for: reader), remedy: kind.advice(for: reader))
  }

  /// A sentence that says all of that already.
  init(sentence: String) { description = sentence }
}
