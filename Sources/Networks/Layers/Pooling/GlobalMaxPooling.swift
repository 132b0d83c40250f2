import Kernels
public import Tensors

/// The maximum over all spatial axes: (H, W, C) to (C), or to (1, 1, C) with `keepDimensions`; in the same way with one
/// or three spatial axes. Keras's `GlobalMaxPooling1D`, `GlobalMaxPooling2D` and `GlobalMaxPooling3D`.
///
/// Backward gives the gradient to the first largest element of each channel, in row-major order.
public struct GlobalMaxPooling<Dimensions: SpatialDimensions>: Layer {
  public static var kerasName: String { "GlobalMaxPooling\(Dimensions.suffix)" }
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
    let output = Shape((keepDimensions ? Dimensions.all(1) : []) + [channels])
    var signature = Signature(outputs: [output])
    signature.saved = { GlobalPooling.positionCount(output: Layout(output, lanes: $0)) }
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    GlobalPooling.maximum(pass.input, into: pass.output, positions: pass.mode == .training ? pass.saved : nil)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    GlobalPooling.differentiateMaximum(gradient: pass.outputGradient, positions: pass.saved, into: inputGradient)
  }
}

public typealias GlobalMaxPooling1D = GlobalMaxPooling<OneDimension>
public typealias GlobalMaxPooling2D = GlobalMaxPooling<TwoDimensions>
public typealias GlobalMaxPooling3D = GlobalMaxPooling<ThreeDimensions>
