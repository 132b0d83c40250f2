import Kernels
import Networks
import Tensors

/// Arguments that Keras's `Precision` and `Recall` share: when a score counts as positive.
struct ThresholdSettings: Hashable, Sendable {
  /// One score is given for each; 0.5 where none is said, or, with `top`, none.
  var thresholds: [Double] = []
  /// Only so many of the largest scores of a position are positive.
  var top: Int?
  /// The only class that is looked at; nil for all.
  var classNumber: Int?
  /// Whether outputs are logits of sigmoids.
  var isOfLogits = false

  init(thresholds: [Double], top: Int? = nil, classNumber: Int? = nil) {
    (self.thresholds, self.top, self.classNumber) = (thresholds, top, classNumber)
  }

  init(_ configuration: LayerConfiguration) throws(ImportError) {
    thresholds = try configuration.thresholds()
    top = configuration.value("top_k") == .null ? nil : try configuration.positive("top_k", 1)
    classNumber = try configuration.optionalInteger("class_id")
  }

  var kerasConfiguration: [String: JSONValue] {
    let list = JSONValue.array(thresholds.map { .number($0) })
    return [
      // One threshold is a number, as it is usually given.
      "thresholds": thresholds.isEmpty ? .null : thresholds.count == 1 ? .number(thresholds[0]) : list,
      "top_k": top.map { .integer($0) } ?? .null, "class_id": classNumber.map { .integer($0) } ?? .null,
    ]
  }

  /// One for each threshold.
  var ruleCount: Int { max(1, thresholds.count) }

  func rule(_ index: Int) -> LabelledScores.Rule {
    guard let top else { return .above(level(thresholds.isEmpty ? 0.5 : thresholds[index])) }
    return .top(top, above: thresholds.isEmpty ? -.infinity : level(thresholds[index]))
  }

  private func level(_ threshold: Double) -> Float { Float(isOfLogits ? threshold.logit : threshold) }

  /// A softmax keeps which scores are the largest, but not which are above a threshold.
  func absorbing(_ activation: ActivationFunction) -> ThresholdSettings? {
    var settings = self
    settings.isOfLogits = true
    return activation == .sigmoid || activation == .softmax && top != nil && thresholds.isEmpty ? settings : nil
  }

  func requireClass(_ output: Shape, _ metric: String) throws(ShapeError) {
    guard let classNumber, !(0..<output.channels).contains(classNumber) else { return }
    throw ShapeError(
      "the metric '\(metric)' looks at class \(classNumber), but classes are 0 to \(output.channels - 1).")
  }
}
