import Kernels
public import Tensors

/// The smallest of several inputs, element by element, where one may have size 1 where others have more; the first of
/// those that are equal gets the gradient.
public struct Minimum: Layer {
  public static let kerasName = "Minimum"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { try Extremum.signature(of: inputs) }
  public func forward(_ pass: borrowing ForwardPass) { Merging.forward(.minimum, pass) }
  public func backward(_ pass: borrowing BackwardPass) { Extremum.backward(pass) }
}
