import Archives
import FileKinds
public import HDF5
public import Networks

/// Why a Keras file cannot be read or written: which file, what is wrong where, and what to do, in one sentence.
public struct KerasError: Error, CustomStringConvertible, Hashable, Sendable {
  /// The path of the file, as it was given.
  public let file: String
  /// The sentence without the file.
  public let problem: String

  public var description: String { "\(file): \(problem)" }

  public init(file: String, _ problem: String) { (self.file, self.problem) = (file, problem) }

  public init(_ error: HDF5Error) { self.init(file: error.file, error.problem + ".") }

  public init(file: String, _ error: ImportError) { self.init(file: file, error.description) }

  /// A file of another program.
  init(file: String, foreign kind: FileKind) { self.init(file: file, kind.sentence(for: .model) + ".") }

  init(_ error: ArchiveError) { self.init(file: error.file, error.problem) }

  static func noWeights(_ path: String) -> KerasError {
    KerasError(
      file: path,
      "this is the architecture of a model without its weights; give the file of its weights, and this one with --into."
    )
  }

  /// Whatever reading a file may throw.
  init(file: String, any error: any Error) {
    switch error {
    case let error as KerasError: self = error
    case let error as HDF5Error: self.init(error)
    case let error as ArchiveError: self.init(error)
    case let error as ImportError: self.init(file: file, error)
    default: self.init(file: file, "\(error)")
    }
  }

  /// Runs calls of the HDF5 library, whose errors name the file already.
  static func catching<Result>(_ body: () throws(HDF5Error) -> Result) throws(KerasError) -> Result {
    do { return try body() } catch { throw KerasError(error) }
  }

  /// Runs what knows nothing of the file.
  static func catching<Result>(file: String, _ body: () throws(ImportError) -> Result) throws(KerasError) -> Result {
    do { return try body() } catch { throw KerasError(file: file, error) }
  }
}

extension Collection<String> {
  /// `'a', 'b', 'c' and 4 more`: as many names as an error message can bear.
  var brief: String {
    if isEmpty { return "none" }
    let shown = prefix(6).map { "'\($0)'" }.joined(separator: ", ")
    return count > 6 ? "\(shown) and \(count - 6) more" : shown
  }
}
