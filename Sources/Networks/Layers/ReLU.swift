import Kernels
public import Tensors

/// Rectified linear unit: y = max(0, x), or min(max(0, x), maximum). Any shape to the same shape.
///
/// Backward from the output alone: dx = dy where 0 < y < maximum. Keras's `negative_slope` and `threshold` are refused
/// where they are not the defaults.
public struct ReLU: Layer {
  public static let kerasName = "ReLU"
  /// Keras's `max_value`, above 0; nil is none.
  public let maximum: Double?

  public init(maximum: Double? = nil) {
    precondition(maximum.map { $0 > 0 } ?? true, "a maximum above 0")
    self.maximum = maximum
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    maximum = configuration.value("max_value") == .null ? nil : try configuration.number("max_value")
    if let maximum, !(maximum > 0) {
      throw ImportError("layer '\(configuration.layerName)' (ReLU): max_value is \(maximum), but must be above 0.")
    }
    try configuration.expect("negative_slope", among: [0, 0.0, [0.0], [0]])
    try configuration.expect("threshold", among: [0, 0.0, [0.0], [0]])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["max_value": maximum.map { .number($0) } ?? .null, "negative_slope": 0.0, "threshold": 0.0]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    ActivationFunction.relu.signature(of: try inputs.one())
  }

  public func forward(_ pass: borrowing ForwardPass) {
    guard let limited else { return ActivationFunction.relu.forward(pass) }
    limited.apply(pass.input, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let limited else { return ActivationFunction.relu.backward(pass) }
    guard let inputGradient = pass.inputGradient else { return }
    limited.differentiate(at: pass.output, gradient: pass.outputGradient, into: inputGradient)
  }

  private var limited: PointwiseFunction? { maximum.map { .clip(slope: 1, offset: 0, low: 0, high: Float($0)) } }
}
