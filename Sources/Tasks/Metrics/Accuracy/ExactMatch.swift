public import Kernels
public import Networks
import Tensors

/// The share of samples all of whose elements are right: (output > threshold) is whether the target is set. Outputs and
/// targets of any shape, the same, such as labels that do not exclude each other. Keras does not have it;
/// scikit-learn's `accuracy_score` of multi-label data.
public struct ExactMatch: ClassAccuracy {
  public static let kerasName = "ExactMatch"
  public static let functionName = "exact_match"
  public static let isInKeras = false
  public let threshold: Double
  public var isOfPlaces: Bool { false }

  public init(threshold: Double = 0.5) { self.threshold = threshold }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    threshold = try configuration.number("threshold", default: 0.5)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["threshold": .number(threshold)] }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    activation == .sigmoid ? ExactMatch(threshold: threshold.logit) : nil
  }

  func matches(_ counts: ClassCounts, group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>) {
    let matches = counts.matches(group: group).matches
    var isRight = SIMD16<Int64>()
    isRight.replace(with: 1, where: matches .== Int64(counts.positionCount))
    return (isRight, SIMD16(repeating: 1))
  }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    (.above(Float(threshold)), .isSet)
  }
}
