import Kernels
public import Tensors

/// Softmax over the channels: y[c] = exp(x[c] - m) / sum over k of exp(x[k] - m), with m the largest x. Any shape to the same shape.
public struct Softmax: Layer {
  public static let kerasName = "Softmax"

  public init() {}

  public init(keras configuration: LayerConfiguration) throws(ImportError) { try configuration.expect("axis", among: [-1]) }

  public func kerasConfiguration() -> [String: JSONValue] { ["axis": -1] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    ActivationFunction.softmax.signature(of: try inputs.one())
  }

  public func forward(_ pass: borrowing ForwardPass) { ActivationFunction.softmax.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { ActivationFunction.softmax.backward(pass) }
}
