/// One variable of a layer, in Keras's shape and order.
public struct Parameter: Hashable, Sendable {
  public enum Kind: Sendable {
    /// Moved by the optimizer along its gradient.
    case trainable
    /// Moved by the layer itself, such as the moving mean of a batch normalisation.
    case state
  }

  public let name: String
  public let shape: [Int]
  public let kind: Kind
  public let initializer: Initializer
  /// What training adds to the loss for the size of the weights; nil adds nothing.
  public let regularizer: Regularizer?
  /// What the weights are made to fulfil after every step; nil lets them be.
  public let constraint: Constraint?

  public init(
    _ name: String, _ shape: [Int], _ initializer: Initializer, kind: Kind = .trainable,
    regularizer: Regularizer? = nil, constraint: Constraint? = nil
  ) {
    (self.name, self.shape, self.initializer, self.kind) = (name, shape, initializer, kind)
    (self.regularizer, self.constraint) = (regularizer, constraint)
  }

  /// A trainable variable.
  init(_ name: String, _ shape: [Int], _ settings: ParameterSettings) {
    self.init(
      name, shape, settings.initializer, regularizer: settings.regularizer, constraint: settings.constraint)
  }

  public var count: Int { shape.reduce(1, *) }
}
