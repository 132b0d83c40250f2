import Kernels
public import Tensors

/// The mean over height and width: (H, W, C) to (C), or to (1, 1, C) with `keepDimensions`.
public struct GlobalAveragePooling2D: Layer {
  public static let kerasName = "GlobalAveragePooling2D"
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
    let input = try inputs.one(rank: 3)
    return Signature(outputs: [keepDimensions ? [1, 1, input.channels] : [input.channels]])
  }

  public func forward(_ pass: borrowing ForwardPass) { GlobalPooling.average(pass.input, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    GlobalPooling.differentiateAverage(gradient: pass.outputGradient, into: inputGradient)
  }
}
