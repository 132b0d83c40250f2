import Kernels
public import Tensors

/// Normalisation of each sample by its root mean square over some axes (Zhang and Sennrich, 2019). Any shape to the
/// same shape: y = scale * x / sqrt(mean of x^2 + epsilon), with a scale of the shape of `axes`. Defaults are Keras's.
public struct RMSNormalization: Layer {
  public static let kerasName = "RMSNormalization"
  public let axes: [Int]
  public let epsilon: Double
  private var bound: GroupedNormalization?
  private var parameters: ScaleAndShift { ScaleAndShift(gamma: ParameterSettings(.ones)) }

  public init(axes: [Int] = [-1], epsilon: Double = 1e-6) { (self.axes, self.epsilon) = (axes, epsilon) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(axes: try configuration.axes(), epsilon: try configuration.nonnegative("epsilon", default: 1e-6))
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["axis": axes.count == 1 ? .integer(axes[0]) : JSONValue(axes), "epsilon": .number(epsilon)]
  }

  private func kernel(_ input: Shape) throws(ShapeError) -> GroupedNormalization {
    let positions = try input.positions(ofAxes: axes)
    return GroupedNormalization(
      Grouping(input, joining: positions, parameterAxes: positions), form: .rootMeanSquare, epsilon: Float(epsilon))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    let sizes = try input.positions(ofAxes: axes).map { input.dimensions[$0] }
    var signature = parameters.signature(of: try kernel(input), shape: [])
    signature.parameters = [Parameter("scale", sizes, .ones)]
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.bound = try? kernel(inputs[0])
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) { parameters.forward(bound!, pass) }
  public func backward(_ pass: borrowing BackwardPass) { parameters.backward(bound!, pass) }
}
