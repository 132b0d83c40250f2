import Kernels
public import Tensors

/// Normalisation of each sample over groups of neighbouring channels and all positions (Wu and He, 2018); with one
/// channel in each group it is instance normalisation (Ulyanov, Vedaldi and Lempitsky, 2016). Any shape to the same
/// shape.
///
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
///
/// gamma and beta have one value for each channel. Defaults are Keras's.
public struct GroupNormalization: Layer {
  public static let kerasName = "GroupNormalization"
  /// -1 makes as many groups as there are channels.
  public let groups: Int
  /// Which holds the channels, as Keras counts: 0 is the batch, -1 the last.
  public let axis: Int
  public let epsilon: Double
  private let parameters: ScaleAndShift
  private var bound: GroupedNormalization?

  public init(groups: Int = 32, axis: Int = -1, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true) {
    (self.groups, self.axis, self.epsilon) = (groups, axis, epsilon)
    parameters = ScaleAndShift(
      gamma: scale ? ParameterSettings(.ones) : nil, beta: center ? ParameterSettings(.zeros) : nil)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    groups = try configuration.integer("groups", default: 32)
    axis = try configuration.integer("axis", default: -1)
    epsilon = try configuration.nonnegative("epsilon", default: 1e-3)
    parameters = try ScaleAndShift(configuration)
    guard groups > 0 || groups == -1 else {
      throw ImportError(
        "layer '\(configuration.layerName)' (GroupNormalization): groups is \(groups), but must be at least 1, or -1 "
          + "for one group per channel."
      )
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = parameters.kerasConfiguration
    values["groups"] = .integer(groups)
    values["axis"] = .integer(axis)
    values["epsilon"] = .number(epsilon)
    return values
  }

  private func kernel(_ input: Shape) throws(ShapeError) -> GroupedNormalization {
    let position = try input.positions(ofAxes: [axis])[0]
    let channels = input.dimensions[position]
    let count = groups == -1 ? channels : groups
    guard channels % count == 0 else {
      throw ShapeError(
        "cuts \(channels) channels into \(count) groups; give it a number of groups that divides \(channels).")
    }
    var cuts = input.dimensions.map { _ in 1 }
    cuts[position] = count
    return GroupedNormalization(
      Grouping(input, groups: cuts, parameterAxes: [position]), epsilon: Float(epsilon))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let kernel = try kernel(try inputs.one())
    return parameters.signature(of: kernel, shape: [kernel.grouping.parameterCount])
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.bound = try? kernel(inputs[0])
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) { parameters.forward(bound!, pass) }
  public func backward(_ pass: borrowing BackwardPass) { parameters.backward(bound!, pass) }
}
