public import Tensors

/// In training sets each channel of an image to zero with probability `rate` and divides the others by 1 - rate;
/// nothing at inference (Tompson et al., 2015). (W, C), (H, W, C) or (D, H, W, C) to the same shape. Keras's
/// `SpatialDropout1D`, `SpatialDropout2D` and `SpatialDropout3D`.
///
/// Which channels is a function of seed, step, layer and sample alone, as in `Dropout`.
public struct SpatialDropout<Dimensions: SpatialDimensions>: Layer {
  public static var kerasName: String { "SpatialDropout\(Dimensions.suffix)" }
  public let rate: Double
  private var mask: SharedMask

  public init(_ rate: Double) {
    precondition((0..<1).contains(rate), "a share of channels: at least 0 and below 1")
    (self.rate, mask) = (rate, SharedMask(rate: rate))
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(try configuration.rate())
    try configuration.expect("data_format", among: ["channels_last"])
    try configuration.expect("noise_shape", among: [])
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["rate": .number(rate)].namingFormat(axes: Dimensions.count)
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    sharing(with: try Dimensions.input(inputs)).signature(of: inputs[0])
  }

  /// One number for each channel.
  private func sharing(with input: Shape) -> SharedMask {
    SharedMask(rate: rate, shape: Shape(Dimensions.all(1) + [input.channels]))
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.mask = sharing(with: inputs[0])
    return copy
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) { mask.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { mask.backward(pass) }
}

public typealias SpatialDropout1D = SpatialDropout<OneDimension>
public typealias SpatialDropout2D = SpatialDropout<TwoDimensions>
public typealias SpatialDropout3D = SpatialDropout<ThreeDimensions>
