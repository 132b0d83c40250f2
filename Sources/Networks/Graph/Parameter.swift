import Tensors

/// One variable of a layer, in Keras's shape and order.
public struct Parameter: Hashable, Sendable {
  public enum Kind: Sendable {
    /// Moved by the optimizer along its gradient.
    case trainable
    /// Moved by the layer itself, such as the moving mean of a batch normalisation.
    case state
    /// Trainable by nature, but its layer is frozen: nobody moves it.
    case frozen
  }

  public let name: String
  public let shape: [Int]
  public private(set) var kind: Kind
  public let initializer: Initializer
  /// What training adds to the loss for the size of the weights; nil adds nothing.
  public let regularizer: Regularizer?
  /// What the weights are made to fulfil after every step; nil lets them be.
  public let constraint: Constraint?
  /// Whether backward writes the factors of the gradient instead of the gradient itself (`KernelFactors`).
  public var isFactored = false

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

  /// `Int.max` where it would be more.
  public var count: Int { shape.saturatedProduct }

  /// The same parameter of a frozen layer.
  var frozen: Parameter {
    var copy = self
    if kind == .trainable { copy.kind = .frozen }
    return copy
  }

  func checkSize() throws(ShapeError) {
    guard count <= Shape.mostElements else {
      throw ShapeError("its \(name) would have the shape \(shape), which is more than any memory holds; make it smaller.")
    }
  }
}
