import Kernels
public import Tensors

/// The product of two inputs summed over one axis of each, sample by sample: the axes of the first that are left, then
/// those of the second; (1) where none are. With `normalizes`, both are made vectors of length 1 along their axis
/// before (cosine proximity).
public struct Dot: Layer {
  public static let kerasName = "Dot"
  /// One for each input, as Keras counts them: 0 is the batch, -1 the last.
  public let axes: [Int]
  public let normalizes: Bool
  private var bound: Bound?

  /// Values that follow from the shapes of the inputs.
  private struct Bound {
    let shapes: [Shape]
    let contraction: Contraction
    let normalizations: [GroupedNormalization]

    func floats(_ lanes: Int) -> [Int] {
      shapes.map { Layout($0, lanes: lanes).count } + normalizations.map { $0.statisticCount(lanes: lanes) }
    }
  }

  public init(axes: [Int], normalizes: Bool = false) {
    precondition(axes.count == 2, "an axis for each input")
    (self.axes, self.normalizes) = (axes, normalizes)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    guard configuration.value("axes") != .null else {
      throw ImportError(
        "layer '\(configuration.layerName)' (Dot): axes is missing; give an axis, or one for each of the two inputs.")
    }
    let axes = try configuration.axes("axes")
    guard axes.count <= 2 else {
      throw ImportError(
        "layer '\(configuration.layerName)' (Dot): axes is \(axes), but must be one axis, or one for each of the two "
          + "inputs."
      )
    }
    self.init(axes: [axes[0], axes[axes.count - 1]], normalizes: try configuration.bool("normalize", default: false))
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["axes": JSONValue(axes), "normalize": .bool(normalizes)]
  }

  private func binding(_ inputs: [Shape]) throws(ShapeError) -> Bound {
    guard inputs.count == 2 else { throw ShapeError("takes two inputs, but gets \(inputs.count); give it two.") }
    let first = try inputs[0].positions(ofAxes: [axes[0]])[0]
    let second = try inputs[1].positions(ofAxes: [axes[1]])[0]
    let sizes = (inputs[0].dimensions[first], inputs[1].dimensions[second])
    guard sizes.0 == sizes.1 else {
      throw ShapeError(
        "sums over axes of \(sizes.0) and \(sizes.1) elements, of \(inputs[0]) and \(inputs[1]); give it axes of one "
          + "size."
      )
    }
    let contraction = Contraction(firstAxis: first, secondAxis: second)
    guard contraction.output(inputs[0], inputs[1]).count <= 4 else {
      throw ShapeError("makes more than four axes of \(inputs[0]) and \(inputs[1]); reshape the inputs.")
    }
    return Bound(
      shapes: inputs, contraction: contraction,
      normalizations: [
        GroupedNormalization(Grouping(inputs[0], joining: [first]), form: .unitLength, epsilon: 1e-12),
        GroupedNormalization(Grouping(inputs[1], joining: [second]), form: .unitLength, epsilon: 1e-12),
      ])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let bound = try binding(inputs)
    var signature = Signature(outputs: [Shape(bound.contraction.output(inputs[0], inputs[1]))])
    signature.backwardReads = .inputs
    if normalizes {
      signature.saved = { bound.floats($0).reduce(0, +) }
      signature.savesAtInference = true
    }
    signature.multiplications = signature.outputs[0].count * inputs[0].dimensions[bound.contraction.firstAxis]
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.bound = try? binding(inputs)
    return copy
  }

  /// Of an input made to vectors of length 1: where it is saved, and its statistics.
  private func saved(_ index: Int, _ bound: Bound, _ buffer: Buffer, lanes: Int) -> (unit: Tensor, statistics: Buffer) {
    let layouts = (Layout(bound.shapes[0], lanes: lanes), Layout(bound.shapes[1], lanes: lanes))
    let counts = (
      bound.normalizations[0].statisticCount(lanes: lanes), bound.normalizations[1].statisticCount(lanes: lanes)
    )
    let start = index == 0 ? 0 : layouts.0.count
    let layout = index == 0 ? layouts.0 : layouts.1
    let statistics = layouts.0.count + layouts.1.count + (index == 0 ? 0 : counts.0)
    return (
      Tensor(bound.shapes[index], layout: layout, storage: buffer[start..<start + layout.count]),
      buffer[statistics..<statistics + (index == 0 ? counts.0 : counts.1)]
    )
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (inputs, output, bound) = (pass.inputs, pass.output, self.bound!)
    guard normalizes else { return bound.contraction.apply(inputs[0], inputs[1], into: output) }
    let (first, second) = (
      saved(0, bound, pass.saved, lanes: output.lanes), saved(1, bound, pass.saved, lanes: output.lanes)
    )
    bound.normalizations[0].apply(inputs[0], gamma: nil, beta: nil, statistics: first.statistics, into: first.unit)
    bound.normalizations[1].apply(inputs[1], gamma: nil, beta: nil, statistics: second.statistics, into: second.unit)
    bound.contraction.apply(first.unit, second.unit, into: output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let (inputs, gradient, bound) = (pass.inputs, pass.outputGradient, self.bound!)
    let lanes = gradient.lanes
    if let inputGradient = pass.inputGradients[0] {
      let second = normalizes ? saved(1, bound, pass.saved, lanes: lanes).unit : inputs[1]
      bound.contraction.differentiateFirst(gradient: gradient, second: second, into: inputGradient)
      if normalizes {
        bound.normalizations[0].differentiate(
          input: inputs[0], gradient: inputGradient, gamma: nil,
          statistics: saved(0, bound, pass.saved, lanes: lanes).statistics, into: inputGradient)
      }
    }
    if let inputGradient = pass.inputGradients[1] {
      let first = normalizes ? saved(0, bound, pass.saved, lanes: lanes).unit : inputs[0]
      bound.contraction.differentiateSecond(gradient: gradient, first: first, into: inputGradient)
      if normalizes {
        bound.normalizations[1].differentiate(
          input: inputs[1], gradient: inputGradient, gamma: nil,
          statistics: saved(1, bound, pass.saved, lanes: lanes).statistics, into: inputGradient)
      }
    }
  }
}
