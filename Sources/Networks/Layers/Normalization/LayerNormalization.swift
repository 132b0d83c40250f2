import Kernels
public import Tensors

/// Normalisation of each sample over some of its axes (Ba, Kiros and Hinton, 2016). Any shape to the same shape.
///
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
///
/// Mean and biased variance are those over `axes` at each place along the others; gamma and beta have the shape of
/// `axes`. With `isScaledByVariance`, Keras's `rms_scaling`, y = gamma * x / sqrt(variance + epsilon). Defaults are
/// Keras's.
public struct LayerNormalization: Layer {
  public static let kerasName = "LayerNormalization"
  /// As Keras counts them: 0 is the batch, -1 the channels.
  public let axes: [Int]
  public let epsilon: Double
  public let isScaledByVariance: Bool
  private let parameters: ScaleAndShift
  private var bound: GroupedNormalization?

  public init(
    axes: [Int] = [-1], epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    isScaledByVariance: Bool = false
  ) {
    (self.axes, self.epsilon, self.isScaledByVariance) = (axes, epsilon, isScaledByVariance)
    parameters = ScaleAndShift(
      gamma: scale || isScaledByVariance ? ParameterSettings(.ones) : nil,
      beta: center && !isScaledByVariance ? ParameterSettings(.zeros) : nil)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    axes = try configuration.axes()
    epsilon = try configuration.nonnegative("epsilon", default: 1e-3)
    isScaledByVariance = try configuration.bool("rms_scaling", default: false)
    var parameters = try ScaleAndShift(configuration)
    if isScaledByVariance {
      parameters.beta = nil
      parameters.gamma = parameters.gamma ?? ParameterSettings(.ones)
    }
    self.parameters = parameters
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = parameters.kerasConfiguration
    values["axis"] = axes.count == 1 ? .integer(axes[0]) : JSONValue(axes)
    values["epsilon"] = .number(epsilon)
    if isScaledByVariance { values["rms_scaling"] = true }
    return values
  }

  private func kernel(_ input: Shape) throws(ShapeError) -> GroupedNormalization {
    let positions = try input.positions(ofAxes: axes)
    return GroupedNormalization(
      Grouping(input, joining: positions, parameterAxes: positions),
      form: isScaledByVariance ? .varianceScaled : .standard,
      epsilon: Float(epsilon))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    let sizes = try input.positions(ofAxes: axes).map { input.dimensions[$0] }
    return parameters.signature(of: try kernel(input), shape: sizes)
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.bound = try? kernel(inputs[0])
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) { parameters.forward(bound!, pass) }
  public func backward(_ pass: borrowing BackwardPass) { parameters.backward(bound!, pass) }
}
