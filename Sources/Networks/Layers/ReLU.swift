import Kernels
public import Tensors

/// Rectified linear unit: y = max(0, x). Any shape to the same shape.
///
/// Keras's `max_value`, `negative_slope` and `threshold` are refused where they are not the defaults.
public struct ReLU: Layer {
  public static let kerasName = "ReLU"

  public init() {}

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try configuration.expect("max_value", among: [])
    try configuration.expect("negative_slope", among: [0, 0.0, [0.0], [0]])
    try configuration.expect("threshold", among: [0, 0.0, [0.0], [0]])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["max_value": .null, "negative_slope": 0.0, "threshold": 0.0]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    ActivationFunction.relu.signature(of: try inputs.one())
  }

  public func forward(_ pass: borrowing ForwardPass) { ActivationFunction.relu.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { ActivationFunction.relu.backward(pass) }
}
