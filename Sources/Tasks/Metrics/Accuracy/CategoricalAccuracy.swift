public import Kernels
public import Networks
import Tensors

/// The share of positions at which the largest output is that of the largest target, of equal ones the first. Outputs
/// and targets (…, K), the targets one-hot. Keras's `CategoricalAccuracy`.
public struct CategoricalAccuracy: ClassAccuracy {
  public static let kerasName = "CategoricalAccuracy"
  public static let functionName = "categorical_accuracy"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation.keepsOrder ? self : nil }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    guard output == target else {
      throw ShapeError(
        "the metric 'categorical_accuracy' wants a target of the output's shape \(output), one-hot, but it is "
          + "\(target); for class numbers use sparse_categorical_accuracy.")
    }
    let axis = try output.lastAxis(Self.functionName)
    return (.largest(axis: axis), .largest(axis: axis))
  }
}

extension ActivationFunction {
  /// Whether larger values stay larger, at one position.
  var keepsOrder: Bool { self == .softmax || self == .sigmoid }
}
