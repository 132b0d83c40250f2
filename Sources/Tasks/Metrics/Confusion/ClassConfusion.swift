import Kernels
import Networks
import Tensors

/// Counts of which classes are taken for which; of one output, above 1/2 is the second class. Evaluation's own.
struct ClassConfusion: ConfusionMetric {
  static let kerasName = "ClassConfusion"
  static let functionName = "class_confusion"
  static let isInKeras = false
  let isOfTwo: Bool
  private(set) var threshold = 0.5

  init(isOfTwo: Bool) { self.isOfTwo = isOfTwo }
  init(keras configuration: LayerConfiguration) throws(ImportError) { self.init(isOfTwo: false) }
  func kerasConfiguration() -> [String: JSONValue] { [:] }

  var settings: IoUSettings { IoUSettings(classes: isOfTwo ? 2 : nil, isTargetSparse: true, isOutputSparse: isOfTwo) }

  func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    guard isOfTwo, activation == .sigmoid else { return activation.keepsOrder ? self : nil }
    var metric = self
    metric.threshold = threshold.logit
    return metric
  }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    (isOfTwo ? .above(Float(threshold)) : .largest(axis: try output.lastAxis(Self.functionName)), .whole)
  }

  /// Counts by class, then by what it was taken for.
  func rows(_ state: MetricState) -> [[Int]] {
    let classes = Int(Double(state.tallies).squareRoot())
    return (0..<classes).map { wanted in (0..<classes).map { Int(state.tally(wanted * classes + $0)) } }
  }
}
