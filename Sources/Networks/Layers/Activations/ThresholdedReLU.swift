import Kernels
public import Tensors

/// y = x where x > theta, 0 elsewhere; a layer of Keras 1 and 2. Any shape to the same shape; backward from the output
/// alone.
public struct ThresholdedReLU: Layer {
  public static let kerasName = "ThresholdedReLU"
  public let theta: Double
  private var function: PointwiseFunction { .thresholdedReLU(threshold: Float(theta)) }

  public init(_ theta: Double = 1) {
    precondition(theta >= 0, "theta is \(theta), but must not be negative")
    self.theta = theta
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    theta = try configuration.nonnegative("theta", default: 1)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["theta": .number(theta)] }
  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { function.signature(of: try inputs.one()) }
  public func forward(_ pass: borrowing ForwardPass) { function.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { function.backward(pass) }
}
