import Kernels
import Networks
import Tensors

/// The share of samples whose class is among the five most probable ones, of equal ones the first. Evaluation's own.
struct FirstFive: ClassAccuracy {
  static let kerasName = "FirstFive"
  static let functionName = "first_five"
  static let isInKeras = false

  init() {}
  init(keras configuration: LayerConfiguration) throws(ImportError) {}
  func kerasConfiguration() -> [String: JSONValue] { [:] }
  func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation.keepsOrder ? self : nil }

  func matches(_ counts: ClassCounts, group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>) {
    (counts.top(5, breaksTies: true, group: group), SIMD16(repeating: Int64(counts.positionCount)))
  }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    try SparseCategoricalAccuracy().readings(output: output, target: target)
  }
}
