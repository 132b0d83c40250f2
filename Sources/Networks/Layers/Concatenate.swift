import Kernels
public import Tensors

/// Inputs side by side along the channels: (..., C_0), (..., C_1), ... to (..., C_0 + C_1 + ...).
///
/// Backward hands every input the gradient of its own channels.
public struct Concatenate: Layer {
  public static let kerasName = "Concatenate"
  /// -1, or the last axis counted with the batch's axis 0.
  public let axis: Int
  /// Of the inputs that the layer is bound to.
  private var shapes: [Shape] = []

  public init(axis: Int = -1) { self.axis = axis }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    axis = try configuration.integer("axis", default: -1)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["axis": .integer(axis)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard inputs.count >= 2, let first = inputs.first,
      inputs.allSatisfy({ $0.dimensions.dropLast() == first.dimensions.dropLast() })
    else {
      throw ShapeError("joins two or more inputs that differ in their channels only, but gets \(inputs.map(\.description).joined(separator: " and ")).")
    }
    guard axis == -1 || axis == first.rank else {
      throw ShapeError("joins axis \(axis) of \(first), but only the last axis is supported; use axis -1.")
    }
    let channels = inputs.reduce(0) { $0 + $1.channels }
    return Signature(outputs: [Shape(first.dimensions.dropLast() + [channels])])
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.shapes = inputs
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    var channel = 0
    for input in pass.inputs {
      Elementwise.copy(input, into: pass.output.channels(from: channel, as: input.shape))
      channel += input.layout.channels
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    var channel = 0
    for (input, shape) in zip(pass.inputGradients, shapes) {
      if let input { Elementwise.copy(pass.outputGradient.channels(from: channel, as: shape), into: input) }
      channel += shape.channels
    }
  }
}
