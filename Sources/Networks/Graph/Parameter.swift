import Tensors

/// One variable of a layer, in Keras's shape and order.
public struct Parameter: Hashable, Sendable {
  /// Who moves a variable in training.
  public enum Kind: Sendable {
    /// The optimizer, along its gradient.
    case trainable
    /// The layer itself, such as the moving mean of a batch normalisation.
    case moved
    /// Nobody: its layer is frozen or runs as at inference, or leaves it alone.
    case frozen
  }

  public let name: String
  public let shape: [Int]
  /// Whether it has no gradient, frozen or not: what comes behind the others in Keras's order.
  public let isState: Bool
  /// Whether the layer moves it in training, besides the optimizer where it has a gradient.
  public internal(set) var isMovedByLayer: Bool
  private var isFrozen = false
  public let initializer: Initializer
  /// What training adds to the loss for the size of the weights; nil adds nothing.
  public let regularizer: Regularizer?
  /// What the weights are made to fulfil after every step; nil lets them be.
  public let constraint: Constraint?
  /// Whether backward writes the factors of the gradient instead of the gradient itself (`KernelFactors`).
  public var isFactored = false

  /// - Parameter kind: where it is not the optimizer that moves it, a state.
  public init(
    _ name: String, _ shape: [Int], _ initializer: Initializer, kind: Kind = .trainable,
    regularizer: Regularizer? = nil, constraint: Constraint? = nil
  ) {
    (self.name, self.shape, self.initializer) = (name, shape, initializer)
    (isState, isMovedByLayer) = (kind != .trainable, kind == .moved)
    (self.regularizer, self.constraint) = (regularizer, constraint)
  }

  /// A trainable variable.
  init(_ name: String, _ shape: [Int], _ settings: ParameterSettings) {
    self.init(
      name, shape, settings.initializer, regularizer: settings.regularizer, constraint: settings.constraint)
  }

  /// `Int.max` where it would be more.
  public var count: Int { shape.saturatedProduct }

  public var kind: Kind {
    if !isState, !isFrozen { return .trainable }
    return isMovedByLayer ? .moved : .frozen
  }

  /// The same parameter of a frozen layer.
  var frozen: Parameter {
    var copy = self
    copy.isFrozen = true
    return copy
  }

  func checkSize() throws(ShapeError) {
    guard count <= Shape.mostElements else {
      throw ShapeError(
        "its \(name) would have the shape \(shape), which is more than any memory holds; make it smaller.")
    }
  }
}
