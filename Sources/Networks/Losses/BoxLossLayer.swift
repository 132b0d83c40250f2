public import Kernels
public import Tensors

/// A loss of boxes: predictions and targets of shape (..., 4), the mean over the boxes of an image.
public protocol BoxLossLayer: LossLayer {
  static var function: BoxLoss { get }
  var format: BoxLoss.Format { get }
  var reduction: LossReduction { get }
  init(format: BoxLoss.Format, reduction: LossReduction)
}

extension BoxLossLayer {
  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let name = try configuration.string("bounding_box_format", default: BoxLoss.Format.corners.rawValue)
    guard let format = BoxLoss.Format(rawValue: name) else {
      let known = BoxLoss.Format.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
      throw ImportError("\(configuration.place): bounding_box_format is '\(name)', but must be \(known).")
    }
    self.init(format: format, reduction: try configuration.lossReduction())
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    reduction.describing(["bounding_box_format": .string(format.rawValue)])
  }

  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape {
    let shape = try predictions.one()
    guard shape.rank > 0, shape.channels == 4 else {
      throw ShapeError("takes boxes of four numbers along the last axis, but is given \(shape); choose another loss.")
    }
    return shape
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { try signature(comparing: inputs) }

  public func forward(_ pass: borrowing ForwardPass) {
    let predictions = pass.inputs[0]
    Self.function.measure(
      predictions, target: pass.inputs[1], format: format, live: pass.live,
      divisor: reduction.divisor(positions: predictions.shape.count / 4), into: pass.losses)
    pass.losses.copy(into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    Self.function.differentiate(
      pass.inputs[0], target: pass.inputs[1], format: format, factors: pass.outputGradient,
      divisor: reduction.divisor(positions: gradient.shape.count / 4), into: gradient)
  }
}
