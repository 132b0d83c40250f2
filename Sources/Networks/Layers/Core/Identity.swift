public import Tensors

/// y = x.
public struct Identity: Layer {
  public static let kerasName = "Identity"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { .identity(try inputs.one()) }
  public func forward(_ pass: borrowing ForwardPass) {}
  public func backward(_ pass: borrowing BackwardPass) {}
}

extension Signature {
  /// Of a layer that does nothing.
  static func identity(_ input: Shape) -> Signature {
    var signature = Signature(outputs: [input])
    (signature.forwardAliasing, signature.backwardAliasing) = (.view, .view)
    return signature
  }
}
