public import Tensors

/// In training drops whole samples with probability `rate`, behind a branch of a residual network, and divides the
/// others by 1 - rate; nothing at inference (Huang et al., 2016). A layer of keras.applications' ConvNeXt. Any shape to
/// the same shape.
public struct StochasticDepth: Layer {
  public static let kerasName = "StochasticDepth"
  public let rate: Double
  private var mask: SharedMask

  public init(_ rate: Double) {
    precondition((0..<1).contains(rate), "a share of samples: at least 0 and below 1")
    (self.rate, mask) = (rate, SharedMask(rate: rate))
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(try configuration.rate("drop_path_rate"))
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["drop_path_rate": .number(rate)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    sharing(with: try inputs.one()).signature(of: inputs[0])
  }

  private func sharing(with input: Shape) -> SharedMask {
    SharedMask(rate: rate, shape: Shape(input.dimensions.map { _ in 1 }))
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.mask = sharing(with: inputs[0])
    return copy
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) { mask.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { mask.backward(pass) }
}
