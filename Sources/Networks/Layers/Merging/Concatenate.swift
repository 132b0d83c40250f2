import Kernels
public import Tensors

/// Inputs side by side along one axis: (..., C_0), (..., C_1), ... to (..., C_0 + C_1 + ...) along the channels.
///
/// Backward hands every input the gradient of its own part.
public struct Concatenate: Layer {
  public static let kerasName = "Concatenate"
  /// Counted with the batch's axis 0, or from the end: -1 are the channels.
  public let axis: Int
  /// Of the inputs that the layer is bound to.
  private var shapes: [Shape] = []
  /// The axis counted from the channels, 0.
  private var fromEnd = 0

  public init(axis: Int = -1) { self.axis = axis }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    axis = try configuration.integer("axis", default: -1)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["axis": .integer(axis)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let first = inputs.first ?? []
    let joined = axis < 0 ? first.rank + axis : axis - 1
    guard first.dimensions.indices.contains(joined) else {
      throw ShapeError("joins axis \(axis), which \(first) does not have; use axis -1 for the channels.")
    }
    func others(_ shape: Shape) -> [Int] { shape.dimensions.indices.map { $0 == joined ? 0 : shape.dimensions[$0] } }
    guard inputs.count >= 2, inputs.allSatisfy({ others($0) == others(first) }) else {
      throw ShapeError(
        "joins two or more inputs that differ along axis \(axis) only, but gets "
          + "\(inputs.map(\.description).joined(separator: " and ")); make the other axes as long by cropping, "
          + "padding or pooling.")
    }
    var sizes = first.dimensions
    sizes[joined] = inputs.reduce(0) { $0 + $1.dimensions[joined] }
    var signature = Signature(outputs: [Shape(sizes)])
    if joined == sizes.count - 1 { (signature.forwardAliasing, signature.backwardAliasing) = (.parts, .parts) }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.shapes = inputs
    copy.fromEnd = axis < 0 ? -axis - 1 : inputs[0].rank - axis
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let output = pass.output
    var start = 0
    for input in pass.inputs {
      switch fromEnd {
      case 0: copy(input, into: output.channels(from: start, as: input.shape))
      case 1: Reshaping.place(input, width: start, into: output)
      case 2: Reshaping.place(input, height: start, into: output)
      default: Reshaping.place(input, depth: start, into: output)
      }
      start += size(input.shape)
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let dy = pass.outputGradient
    var start = 0
    for (input, shape) in zip(pass.inputGradients, shapes) {
      if let input {
        switch fromEnd {
        case 0: copy(dy.channels(from: start, as: shape), into: input)
        case 1: Reshaping.crop(dy, width: start, into: input)
        case 2: Reshaping.crop(dy, height: start, into: input)
        default: Reshaping.crop(dy, depth: start, into: input)
        }
      }
      start += size(shape)
    }
  }

  /// Copies channels that the planner could not put in their place from the start.
  private func copy(_ source: Tensor, into target: Tensor) {
    guard !source.isSameMemory(as: target) else { return }
    Elementwise.copy(source, into: target)
  }

  private func size(_ shape: Shape) -> Int {
    switch fromEnd {
    case 0: shape.channels
    case 1: shape.width
    case 2: shape.height
    default: shape.depth
    }
  }
}
