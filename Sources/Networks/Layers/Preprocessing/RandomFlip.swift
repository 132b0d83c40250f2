import Kernels
public import Tensors

/// In training the mirror image of every other image, left and right, top and bottom or either; nothing at inference.
/// (H, W, C) to the same shape. Which images is a function of seed, step, layer and sample alone.
public struct RandomFlip: Layer {
  public static let kerasName = "RandomFlip"

  public enum Direction: String, CaseIterable, Sendable {
    case horizontal, vertical
    case both = "horizontal_and_vertical"
  }

  public let direction: Direction

  public init(_ direction: Direction = .both) { self.direction = direction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    direction = try configuration.choice("mode", default: .both)
    try configuration.expect("data_format", among: ["channels_last"])
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["mode": .string(direction.rawValue)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.one(rank: 3)])
    signature.scratch = { 4 * $0 }
    return signature
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {
    guard pass.mode == .training else { return Elementwise.copy(pass.input, into: pass.output) }
    place(pass.scratch, pass.layerIndex, pass.shard, pass.input.shape).apply(pass.input, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    place(pass.scratch, pass.layerIndex, pass.shard, inputGradient.shape)
      .differentiate(gradient: pass.outputGradient, into: inputGradient)
  }

  private func place(_ scratch: Buffer, _ layer: Int, _ shard: ShardContext, _ shape: Shape) -> Placement {
    let placement = Placement(scratch)
    for lane in 0..<placement.firstRow.count {
      var random = shard.random(layer: layer, lane: lane)
      let flips = (horizontal: random.uniform() < 0.5, vertical: random.uniform() < 0.5)
      let isVertical = flips.vertical && direction != .horizontal
      let isHorizontal = flips.horizontal && direction != .vertical
      placement.firstRow[lane] = isVertical ? Float(shape.height - 1) : 0
      placement.rowStep[lane] = isVertical ? -1 : 1
      placement.firstColumn[lane] = isHorizontal ? Float(shape.width - 1) : 0
      placement.columnStep[lane] = isHorizontal ? -1 : 1
    }
    return placement
  }
}
