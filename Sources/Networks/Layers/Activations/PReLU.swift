import Kernels
public import Tensors

/// y = x where x >= 0, alpha * x elsewhere, with learned slopes (He et al., 2015). Any shape to the same shape.
///
/// `alpha` has the shape of the input, with size 1 along `sharedAxes`: (1, 1, C) with [1, 2] for an image.
public struct PReLU: Layer {
  public static let kerasName = "PReLU"
  /// From 1, which is the first axis of a sample.
  public let sharedAxes: [Int]
  public let alpha: ParameterSettings
  /// The shape of the slopes, for the input that the layer is bound to.
  private var boundSlopes: Shape = []

  public init(sharedAxes: [Int] = [], initializer: Initializer = .zeros, regularizer: Regularizer? = nil) {
    self.init(sharedAxes: sharedAxes, ParameterSettings(initializer, regularizer: regularizer))
  }

  private init(sharedAxes: [Int], _ alpha: ParameterSettings) {
    (self.sharedAxes, self.alpha) = (sharedAxes.sorted(), alpha)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let value = configuration.value("shared_axes")
    let axes = value.asInteger.map { [$0] } ?? (value.asArray ?? []).compactMap(\.asInteger)
    guard value == .null || axes.count == max(1, value.asArray?.count ?? 1), axes.allSatisfy({ $0 > 0 }) else {
      throw ImportError(
        "layer '\(configuration.layerName)' (PReLU): shared_axes is \(value.brief), but must be a list of axes, "
          + "counted from 1."
      )
    }
    self.init(
      sharedAxes: axes, try ParameterSettings("alpha", in: configuration, default: .zeros))
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["shared_axes": sharedAxes.isEmpty ? .null : JSONValue(sharedAxes)].describing(["alpha": alpha])
  }

  private func slopes(_ input: Shape) -> Shape {
    Shape(input.dimensions.enumerated().map { sharedAxes.contains($0.offset + 1) ? 1 : $0.element })
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    if let axis = sharedAxes.first(where: { $0 > input.rank }) {
      throw ShapeError(
        "shares its slopes along axis \(axis), but the input \(input) has \(input.rank) axes; name "
          + "axes from 1 to \(input.rank).")
    }
    var signature = Signature(outputs: [input])
    signature.parameters = [Parameter("alpha", slopes(input).dimensions, alpha)]
    signature.backwardReads = .inputs
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    signature.multiplications = input.count
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.boundSlopes = slopes(inputs[0])
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    ParametricRectifier.apply(pass.input, alpha: pass.parameters[0], of: boundSlopes, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    // First, because the gradient of the input may overwrite that of the output.
    ParametricRectifier.differentiateAlpha(
      pass.input, gradient: pass.outputGradient, live: pass.live, into: pass.parameterGradient(0), of: boundSlopes)
    if let inputGradient = pass.inputGradient {
      ParametricRectifier.differentiateInput(
        pass.input, gradient: pass.outputGradient, alpha: pass.parameters[0], of: boundSlopes, into: inputGradient)
    }
  }
}
