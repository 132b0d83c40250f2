import Kernels
public import Tensors

/// y = x where x >= 0, slope * x elsewhere. Any shape to the same shape; backward from the output alone.
public struct LeakyReLU: Layer {
  public static let kerasName = "LeakyReLU"
  public let slope: Double
  private var function: PointwiseFunction { .leakyReLU(slope: Float(slope)) }

  public init(_ slope: Double = 0.3) {
    precondition(slope >= 0, "a negative slope folds the numbers below zero over those above")
    self.slope = slope
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    // Keras 2 calls it 'alpha'.
    let old = try configuration.nonnegative("alpha", default: 0.3)
    slope = try configuration.nonnegative("negative_slope", default: old)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["alpha": .number(slope)] }
  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { function.signature(of: try inputs.one()) }
  public func forward(_ pass: borrowing ForwardPass) { function.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { function.backward(pass) }
}
