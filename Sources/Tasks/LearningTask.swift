/// The thing that a network learns to say about a sample, such as its class or where something is.
public protocol LearningTask: Sendable {
  /// As in a configuration: `classification`.
  static var name: String { get }
}
