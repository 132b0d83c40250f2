public import Kernels
public import Networks
import Tensors

/// The share of positions at which the class of the target is among the k with the largest outputs. Outputs and targets
/// (…, K), the targets one-hot. Of equal outputs all are among the largest that one is among. Keras's
/// `TopKCategoricalAccuracy`; k is 5 unless said.
public struct TopKCategoricalAccuracy: ClassAccuracy {
  public static let kerasName = "TopKCategoricalAccuracy"
  public static let functionName = "top_k_categorical_accuracy"
  public let k: Int

  public init(k: Int = 5) { self.k = k }
  public init(keras configuration: LayerConfiguration) throws(ImportError) { k = try configuration.positive("k", 5) }
  public func kerasConfiguration() -> [String: JSONValue] { ["k": .integer(k)] }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation.keepsOrder ? self : nil }

  func matches(_ counts: ClassCounts, group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>) {
    counts.matchesInTop(k, group: group)
  }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    try CategoricalAccuracy().readings(output: output, target: target)
  }
}

extension ClassCounts {
  /// Every position counts.
  func matchesInTop(_ k: Int, group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>) {
    (top(k, breaksTies: false, group: group), SIMD16(repeating: Int64(positionCount)))
  }
}
