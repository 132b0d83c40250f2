public import Kernels
public import Networks
import Tensors

/// The share of positions at which the target's class is among the k with the largest outputs. Outputs (…, K), targets
/// (…) or (…, 1) of class numbers. Of equal outputs all are among the largest that one is among. Keras's
/// `SparseTopKCategoricalAccuracy`; k is 5 unless said.
public struct SparseTopKCategoricalAccuracy: ClassAccuracy {
  public static let kerasName = "SparseTopKCategoricalAccuracy"
  public static let functionName = "sparse_top_k_categorical_accuracy"
  public let k: Int

  public init(k: Int = 5) { self.k = k }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    k = try configuration.positive("k", 5)
    try configuration.expect("from_sorted_ids", among: [false])
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["k": .integer(k)] }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation.keepsOrder ? self : nil }

  func matches(_ counts: ClassCounts, group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>) {
    counts.matchesInTop(k, group: group)
  }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    try SparseCategoricalAccuracy().readings(output: output, target: target)
  }
}
