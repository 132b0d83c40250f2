/// A value of a recipe is impossible.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Keys with dots between them: `optimizer.rate`.
  public let path: String
  /// What is wrong and what to do, without the path.
  public let problem: String

  public init(_ path: String, _ problem: String) { (self.path, self.problem) = (path, problem) }

  public var description: String { "'\(path)' \(problem)" }
}
