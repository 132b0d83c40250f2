/// Why something in an HDF5 file could not be read or written, as one sentence: what, where, and what to do.
public struct HDF5Error: Error, Hashable, CustomStringConvertible {
  /// The path of the file, as it was given.
  public let file: String
  /// The sentence without the file and the full stop.
  public let problem: String
  /// The HDF5 library's own error stack, the most specific description first; empty where this module found the
  /// problem.
  public let libraryStack: [String]

  init(file: String, problem: String, libraryStack: [String] = []) {
    self.file = file
    self.problem = problem
    self.libraryStack = libraryStack
  }

  public var description: String { "\(file): \(problem)." }
}
