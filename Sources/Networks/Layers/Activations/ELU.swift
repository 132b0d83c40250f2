import Kernels
public import Tensors

/// Exponential linear unit: y = x where x >= 0, alpha (e^x - 1) elsewhere (Clevert, Unterthiner and Hochreiter, 2016).
/// Any shape to the same shape; backward from the output alone.
public struct ELU: Layer {
  public static let kerasName = "ELU"
  public let alpha: Double
  private var function: PointwiseFunction { .elu(alpha: Float(alpha)) }

  public init(_ alpha: Double = 1) {
    precondition(alpha >= 0, "a negative alpha folds the numbers below zero over those above")
    self.alpha = alpha
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    alpha = try configuration.nonnegative("alpha", default: 1)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["alpha": .number(alpha)] }
  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { function.signature(of: try inputs.one()) }
  public func forward(_ pass: borrowing ForwardPass) { function.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { function.backward(pass) }
}
