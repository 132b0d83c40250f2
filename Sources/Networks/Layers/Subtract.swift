import Kernels
public import Tensors

/// The difference of two inputs of one shape: y = x_0 - x_1; dx_0 = dy, dx_1 = -dy.
public struct Subtract: Layer {
  public static let kerasName = "Subtract"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.equal(atMost: 2)])
    signature.forwardAliasing = .inPlace
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Combination.apply(.difference, pass.inputs[0], pass.inputs[1], into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if let first = pass.inputGradients[0] { Combination.copy(pass.outputGradient, into: first) }
    if let second = pass.inputGradients[1] { Combination.copy(pass.outputGradient, factor: -1, into: second) }
  }
}
