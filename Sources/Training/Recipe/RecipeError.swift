/// A value of a recipe is impossible.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Keys with dots between them: `optimizer.rate`.
  public let path: String
  /// What is wrong and what to do, without the path.
  public let problem: String

  /// What the sentence begins with.
  private let subject: String

  public init(_ path: String, _ problem: String) { self.init(path, problem, subject: "'\(path)'") }

  init(_ path: String, _ problem: String, subject: String) {
    (self.path, self.problem, self.subject) = (path, problem, subject)
  }

  public var description: String { "\(subject) \(problem)" }
}
