public import Kernels
public import Networks
import Tensors

/// The share of positions at which the largest output is that of the target's class, of equal ones the first. Outputs
/// (…, K), targets (…) or (…, 1) of class numbers. Keras's `SparseCategoricalAccuracy`.
public struct SparseCategoricalAccuracy: ClassAccuracy {
  public static let kerasName = "SparseCategoricalAccuracy"
  public static let functionName = "sparse_categorical_accuracy"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation.keepsOrder ? self : nil }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    (.largest(axis: try output.lastAxis(Self.functionName)), .exact)
  }
}
