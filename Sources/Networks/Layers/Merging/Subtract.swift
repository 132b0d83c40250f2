import Kernels
public import Tensors

/// The difference of two inputs: y = x_0 - x_1; dx_0 = dy, dx_1 = -dy. One may have size 1 where the other has more.
public struct Subtract: Layer {
  public static let kerasName = "Subtract"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try Merging.signature(of: inputs, atMost: 2)
    if inputs[0] == inputs[1] { signature.forwardAliasing = .inPlace }
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { Merging.forward(.difference, pass) }

  public func backward(_ pass: borrowing BackwardPass) {
    if let first = pass.inputGradients[0] { write(first, 1, pass) }
    if let second = pass.inputGradients[1] { write(second, -1, pass) }
  }

  private func write(_ gradient: Tensor, _ factor: Float, _ pass: borrowing BackwardPass) {
    Merging.write(gradient, pass) { Combination.copy(pass.outputGradient, factor: factor, into: $0) }
  }
}
