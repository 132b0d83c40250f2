import Kernels
public import Tensors

/// The mean over all spatial axes: (H, W, C) to (C), or to (1, 1, C) with `keepDimensions`; in the same way with one or
/// three spatial axes. Keras's `GlobalAveragePooling1D`, `GlobalAveragePooling2D` and `GlobalAveragePooling3D`.
public struct GlobalAveragePooling<Dimensions: SpatialDimensions>: Layer {
  public static var kerasName: String { "GlobalAveragePooling\(Dimensions.suffix)" }
  public let keepDimensions: Bool

  public init(keepDimensions: Bool = false) { self.keepDimensions = keepDimensions }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    keepDimensions = try configuration.bool("keepdims", default: false)
    try configuration.expect("data_format", among: ["channels_last"])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["keepdims": .bool(keepDimensions), "data_format": "channels_last"]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let channels = try Dimensions.input(inputs).channels
    var signature = Signature(outputs: [Shape((keepDimensions ? Dimensions.all(1) : []) + [channels])])
    signature.isChannelwise = true
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { GlobalPooling.average(pass.input, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    GlobalPooling.differentiateAverage(gradient: pass.outputGradient, into: inputGradient)
  }
}

public typealias GlobalAveragePooling1D = GlobalAveragePooling<OneDimension>
public typealias GlobalAveragePooling2D = GlobalAveragePooling<TwoDimensions>
public typealias GlobalAveragePooling3D = GlobalAveragePooling<ThreeDimensions>
