import FileKinds

/// Data that cannot be used: one sentence that says where, what, and what to do.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where and what, without what to do.
  public let finding: String
  /// What the reader can do, where that is not in `finding`.
  public let remedy: String?

  public var description: String { remedy.map { "\(finding); \($0)" } ?? finding }

  /// - Parameters:
  ///   - place: the file, folder or setting.
  ///   - problem: what is wrong with it.
  ///   - remedy: what the reader can do.
  public init(_ place: String, _ problem: String, remedy: String) {
    (finding, self.remedy) = ("\(place): \(problem)", remedy)
  }

  /// A file of another program.
  init(_ path: String, _ kind: FileKind, for reader: FileKind.Reader) {
    self.init(path, kind.finding(for: reader), remedy: kind.advice(for: reader))
  }

  /// A sentence that says all of that already.
  init(sentence: String) { (finding, remedy) = (sentence, nil) }
}
