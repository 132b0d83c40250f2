public import Augmentations
import Kernels
public import Tensors

/// An augmentation as a layer: in training it draws for each image what is to be done, and does it; nothing at
/// inference. (H, W, C) to the same shape. What is drawn is a function of seed, step, layer and sample alone.
///
/// Images leave their lanes one by one and come back, so that each may be changed in its own way.
public struct AugmentationLayer<Augmentation: PictureAugmentation>: Layer {
  public static var kerasName: String { Augmentation.kerasName }

  public let augmentation: Augmentation
  private var shape: Shape = []

  public init(_ augmentation: Augmentation) { self.augmentation = augmentation }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try configuration.expect("data_format", among: ["channels_last"])
    configuration.dropSeed()
    // Of boxes, which no layer is given here.
    _ = configuration.value("bounding_box_format")
    let arguments = Arguments(
      of: configuration.place, configuration.values.mapValues(\.argument))
    do throws(ArgumentError) {
      augmentation = try Augmentation(arguments)
    } catch {
      throw ImportError("\(error.place) \(error.problem); correct the argument.")
    }
    for key in arguments.read { _ = configuration.value(key) }
  }

  public func kerasConfiguration() -> [String: JSONValue] { augmentation.arguments.mapValues(JSONValue.init) }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    if let obstacle = augmentation.obstacle(channels: input.channels) { throw ShapeError("\(obstacle).") }
    var signature = Signature(outputs: [input])
    signature.backwardReads = .inputs
    // The picture, its gradient, and what the augmentation wants.
    let count = (2 + augmentation.scratchPictures) * input.count
    signature.scratch = { _ in count }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.shape = inputs[0]
    return copy
  }

  public func atInference() -> any Layer { Augmentation.actsAtInference ? self : Identity() }

  public func forward(_ pass: borrowing ForwardPass) {
    guard pass.mode == .training || Augmentation.actsAtInference else {
      return Elementwise.copy(pass.input, into: pass.output)
    }
    let (picture, _, memory) = pictures(pass.scratch)
    for lane in 0..<pass.live {
      picture.gather(pass.input, lane: lane)
      augmentation.apply(draw(pass.shard, pass.layerIndex, lane), to: picture, memory)
      picture.scatter(into: pass.output, lane: lane)
    }
    clear(pass.output, from: pass.live, picture)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let (picture, gradient, memory) = pictures(pass.scratch)
    for lane in 0..<pass.live {
      picture.gather(pass.inputs[0], lane: lane)
      gradient.gather(pass.outputGradient, lane: lane)
      augmentation.differentiate(draw(pass.shard, pass.layerIndex, lane), at: picture, gradient, memory)
      gradient.scatter(into: inputGradient, lane: lane)
    }
    clear(inputGradient, from: pass.live, picture)
  }

  private func draw(_ shard: ShardContext, _ layer: Int, _ lane: Int) -> Augmentation.Drawn {
    var random = shard.random(layer: layer, lane: lane)
    return augmentation.draw(ImageSize(shape), &random)
  }

  private func pictures(_ scratch: Buffer) -> (picture: FloatPicture, gradient: FloatPicture, memory: Buffer) {
    let picture = FloatPicture(height: shape.height, width: shape.width, channels: shape.channels, in: scratch)
    let count = picture.count
    return (picture, picture.like(in: scratch[count..<2 * count]), scratch[2 * count..<scratch.count])
  }

  private func clear(_ tensor: Tensor, from live: Int, _ picture: FloatPicture) {
    guard live < tensor.lanes else { return }
    picture.numbers.fill(0)
    for lane in live..<tensor.lanes { picture.scatter(into: tensor, lane: lane) }
  }
}

extension JSONValue {
  /// The same for an augmentation.
  fileprivate var argument: ArgumentValue {
    switch self {
    case .null: .null
    case .bool(let value): .flag(value)
    case .integer(let value): .number(Double(value))
    case .number(let value): .number(value)
    case .string(let value): .text(value)
    case .array(let values): .list(values.map(\.argument))
    case .object(let values): .names(values.mapValues(\.argument))
    }
  }

  fileprivate init(_ argument: ArgumentValue) {
    self =
      switch argument {
      case .null: .null
      case .flag(let value): .bool(value)
      case .number(let value): .number(value)
      case .integer(let value): .integer(value)
      case .text(let value): .string(value)
      case .list(let values): .array(values.map(JSONValue.init))
      case .names(let values): .object(values.mapValues(JSONValue.init))
      }
  }
}
