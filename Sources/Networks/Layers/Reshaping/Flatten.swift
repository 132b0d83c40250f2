import Kernels
public import Tensors

/// All elements of a sample in one row, in Keras's order: height, width, channels. (H, W, C) to (H*W*C).
///
/// With `movesFirstAxis`, Keras's data_format "channels_first", the first axis becomes the last before.
public struct Flatten: Layer {
  public static let kerasName = "Flatten"
  public let movesFirstAxis: Bool
  /// Of the input that the layer is bound to, with the first axis last; nil where it stays.
  private var moved: Shape?
  private var order: [Int] = []

  public init(movesFirstAxis: Bool = false) { self.movesFirstAxis = movesFirstAxis }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    movesFirstAxis = configuration.value("data_format") == "channels_first"
    try configuration.expect("data_format", among: ["channels_last", "channels_first"])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["data_format": movesFirstAxis ? "channels_first" : "channels_last"]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    var signature = Signature(outputs: [[input.count]])
    if input.rank == 1 { (signature.forwardAliasing, signature.backwardAliasing) = (.view, .view) }
    if let shape = shapeMoved(input) { signature.scratch = { Layout(shape, lanes: $0).count } }
    return signature
  }

  private func shapeMoved(_ input: Shape) -> Shape? {
    guard movesFirstAxis, input.rank > 1 else { return nil }
    return Shape(Array(input.dimensions.dropFirst()) + [input.dimensions[0]])
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.moved = shapeMoved(inputs[0])
    if copy.moved != nil { copy.order = Array(1..<inputs[0].rank) + [0] }
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    guard let moved else { return Reshaping.reshape(pass.input, into: pass.output) }
    let between = Tensor(moved, layout: Layout(moved, lanes: pass.input.lanes), storage: pass.scratch)
    Rearrangement.permute(pass.input, order: order, into: between)
    Reshaping.reshape(between, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    guard let moved else { return Reshaping.reshape(pass.outputGradient, into: inputGradient) }
    let between = Tensor(moved, layout: Layout(moved, lanes: inputGradient.lanes), storage: pass.scratch)
    Reshaping.reshape(pass.outputGradient, into: between)
    Rearrangement.permute(between, order: order, inverted: true, into: inputGradient)
  }
}
