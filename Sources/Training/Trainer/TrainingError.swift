/// A run cannot start or go on. One sentence: what, where, what to do.
public struct TrainingError: Error, CustomStringConvertible, Hashable, Sendable {
  /// The kind of an error, which decides the exit status.
  public enum Kind: String, Hashable, Sendable {
    /// The recipe asks for something impossible.
    case configuration
    /// A data set or a model file is missing, damaged or does not fit.
    case data
    /// Training itself failed.
    case run
    /// The ranks lost each other: one died or stalled, or has other weights or does something else than the others.
    case ranks
  }

  public let kind: Kind
  public let description: String
  /// Whether every rank throws this, so that one of them may speak for all and none waits for another.
  public let isShared: Bool

  public init(_ kind: Kind, _ description: String, isShared: Bool = false) {
    (self.kind, self.description, self.isShared) = (kind, description, isShared)
  }
}
