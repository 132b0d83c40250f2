import Kernels
public import Tensors

/// Rectified linear unit: y = maximum where x >= maximum, x where x >= threshold, slope * (x - threshold) elsewhere; by
/// default max(0, x). Any shape to the same shape.
///
/// Backward from the output alone, dx = dy where 0 < y < maximum, but from the input where there is a slope or a
/// threshold.
public struct ReLU: Layer {
  public static let kerasName = "ReLU"
  /// Keras's `max_value`, above 0; nil is none.
  public let maximum: Double?
  /// Keras's `negative_slope`, at least 0.
  public let slope: Double
  public let threshold: Double

  public init(maximum: Double? = nil, slope: Double = 0, threshold: Double = 0) {
    precondition(maximum.map { $0 > 0 } ?? true, "a maximum above 0")
    (self.maximum, self.slope, self.threshold) = (maximum, slope, threshold)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    maximum = configuration.value("max_value") == .null ? nil : try configuration.number("max_value")
    if let maximum, !(maximum > 0) {
      throw ImportError("layer '\(configuration.layerName)' (ReLU): max_value is \(maximum), but must be above 0.")
    }
    slope = try configuration.nonnegative("negative_slope", default: 0)
    threshold = try configuration.nonnegative("threshold", default: 0)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "max_value": maximum.map { .number($0) } ?? .null, "negative_slope": .number(slope),
      "threshold": .number(threshold),
    ]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    return isPlain ? ActivationFunction.relu.signature(of: input) : function.signature(of: input)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    if isPlain { ActivationFunction.relu.forward(pass) } else { function.forward(pass) }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if isPlain { ActivationFunction.relu.backward(pass) } else { function.backward(pass) }
  }

  private var isPlain: Bool { maximum == nil && slope == 0 && threshold == 0 }

  /// The function, where it is not max(0, x).
  var function: PointwiseFunction {
    let high = maximum.map { Float($0) } ?? .infinity
    return slope == 0 && threshold == 0
      ? .clip(slope: 1, offset: 0, low: 0, high: high)
      : .rectifier(slope: Float(slope), threshold: Float(threshold), maximum: high)
  }
}
