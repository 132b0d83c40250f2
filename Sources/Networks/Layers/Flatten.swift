import Kernels
public import Tensors

/// All elements of a sample in one row, in Keras's order: height, width, channels. (H, W, C) to (H*W*C).
public struct Flatten: Layer {
  public static let kerasName = "Flatten"

  public init() {}

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try configuration.expect("data_format", among: ["channels_last"])
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["data_format": "channels_last"] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    var signature = Signature(outputs: [[input.count]])
    if input.rank == 1 { (signature.forwardAliasing, signature.backwardAliasing) = (.view, .view) }
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { Reshaping.reshape(pass.input, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    if let inputGradient = pass.inputGradient { Reshaping.reshape(pass.outputGradient, into: inputGradient) }
  }
}
