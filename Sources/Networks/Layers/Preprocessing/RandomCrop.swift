import Kernels
public import Tensors

/// In training a part of each image from a place of its own; at inference the middle, as `Resizing` does with
/// `crop_to_aspect_ratio`: (H, W, C) to (height, width, C). Where an image is not larger in both directions, it is
/// resized in training, too.
///
/// Keras 3 leaves images as they are at inference, whatever shape it declares; so does a layer that Keras 3 wrote,
/// which then cannot be trained with.
public struct RandomCrop: Layer, InferenceOnly {
  public static let kerasName = "RandomCrop"
  public let height: Int, width: Int
  /// Whether images stay as they are at inference.
  public let isIdentity: Bool
  /// The input that the layer is bound to.
  private var input: Shape = []
  private var resizing: any Layer

  public init(height: Int, width: Int) { self.init(height: height, width: width, isIdentity: false) }

  private init(height: Int, width: Int, isIdentity: Bool) {
    precondition(height > 0 && width > 0, "an image has at least one pixel")
    (self.height, self.width, self.isIdentity) = (height, width, isIdentity)
    resizing = Resizing(height: height, width: width, fitting: .crop)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let size = try configuration.imageSize()
    self.init(height: size.height, width: size.width, isIdentity: configuration.kerasVersion >= 3)
    try configuration.expect("data_format", among: ["channels_last"])
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["height": .integer(height), "width": .integer(width)] }

  var obstacle: String? {
    isIdentity
      ? "gives images of another size than at inference, as Keras 3 wrote it; crop in the data's augmentation" : nil
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    if isIdentity { return .identity(input) }
    var signature = try resizing.signature(of: inputs)
    signature.scratch = { [scratch = signature.scratch] in scratch($0) + 4 * $0 }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.input = inputs[0]
    copy.resizing = resizing.bound(to: inputs)
    return copy
  }

  public func atInference() -> any Layer {
    isIdentity ? Identity() : Resizing(height: height, width: width, fitting: .crop)
  }

  /// The version of Keras that means this by the name.
  var kerasVersion: Int { isIdentity ? 3 : 2 }

  private func cuts(_ mode: Mode) -> Bool { mode == .training && input.height > height && input.width > width }

  public func forward(_ pass: borrowing ForwardPass) {
    guard cuts(pass.mode) else { return resizing.forward(pass) }
    place(pass.scratch, pass.layerIndex, pass.shard).apply(pass.input, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    guard cuts(.training) else { return resizing.backward(pass) }
    place(pass.scratch, pass.layerIndex, pass.shard).differentiate(gradient: pass.outputGradient, into: inputGradient)
  }

  private func place(_ scratch: Buffer, _ layer: Int, _ shard: ShardContext) -> Placement {
    let placement = Placement(scratch[0..<4 * shard.sampleIDs.count])
    for lane in 0..<placement.firstRow.count {
      var random = shard.random(layer: layer, lane: lane)
      placement.firstRow[lane] = Float(random.integer(below: input.height - height + 1))
      placement.firstColumn[lane] = Float(random.integer(below: input.width - width + 1))
      placement.rowStep[lane] = 1
      placement.columnStep[lane] = 1
    }
    return placement
  }
}

extension ShardContext {
  /// A stream of numbers for the sample in one lane.
  func random(layer: Int, lane: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: .dropout, item: layer, major: step, minor: Int(sampleIDs[lane]))
  }
}
