import Foundation
import Networks

/// Arguments of Keras's `AUC`: which curve, from which thresholds, and how its area is summed.
struct AUCSettings: Hashable, Sendable {
  enum Curve: String, CaseIterable, Sendable { case ROC, PR }
  /// Between two thresholds: linear (of `PR`, as Davis and Goadrich, "The relationship between precision-recall and ROC
  /// curves", 2006), the larger height, or the smaller one.
  enum Summation: String, CaseIterable, Sendable { case interpolation, majoring, minoring }

  private(set) var curve = Curve.ROC
  private(set) var summation = Summation.interpolation
  /// Those inside of 0...1 that were said; nil for evenly spaced ones.
  private var given: [Double]?
  private var count = 200
  private(set) var isMultiLabel = false
  private(set) var labels: Int?
  private(set) var labelWeights: [Double]?
  var isOfLogits = false {
    didSet { makeLevels() }
  }
  /// What scores are compared with: thresholds, or their logits.
  private(set) var levels: [Float] = []
  /// Whether Keras finds a threshold by its number.
  private(set) var isEven = true

  init() { makeLevels() }

  init(_ configuration: LayerConfiguration) throws(ImportError) {
    curve = try configuration.upper("curve", .ROC)
    summation = try configuration.lower("summation_method", .interpolation)
    count = try configuration.integer("num_thresholds", default: 200)
    let thresholds = try configuration.thresholds().sorted()
    given = thresholds.isEmpty ? nil : thresholds
    guard count > 1 else {
      throw ImportError("\(configuration.place): 'num_thresholds' is \(count), but must be at least 2.")
    }
    isMultiLabel = try configuration.bool("multi_label", default: false)
    labels = try configuration.optionalInteger("num_labels")
    // Keras writes an array of its backend as {class_name: __tensor__, config: {value: …}}.
    let stored = configuration.value("label_weights")
    let weights = stored.asObject == nil ? stored : stored["config"]["value"]
    labelWeights = weights.asArray?.compactMap(\.asNumber)
    guard weights == .null || labelWeights?.count == weights.asArray?.count && labelWeights?.isEmpty == false else {
      throw ImportError("\(configuration.place): 'label_weights' is \(weights.brief), but must be a list of numbers.")
    }
    isOfLogits = try configuration.bool("from_logits", default: false)
    makeLevels()
  }

  var kerasConfiguration: [String: JSONValue] {
    var values: [String: JSONValue] = [
      "num_thresholds": .integer(given.map { $0.count + 2 } ?? count), "curve": .string(curve.rawValue),
      "summation_method": .string(summation.rawValue), "multi_label": .bool(isMultiLabel),
      "num_labels": labels.map { .integer($0) } ?? .null,
      "label_weights": labelWeights.map { .array($0.map { .number($0) }) } ?? .null,
      "from_logits": .bool(isOfLogits),
    ]
    if let given { values["thresholds"] = .array(given.map { .number($0) }) }
    return values
  }

  private mutating func makeLevels() {
    let between = given ?? (0..<max(0, count - 2)).map { Double($0 + 1) / Double(count - 1) }
    let all: [Double] = [0] + between + [1]
    isEven =
      !isOfLogits && all.count > 2
      && all.indices.allSatisfy { abs(all[$0] - Double($0) / Double(all.count - 1)) <= 1e-7 + 1e-5 * all[$0] }
    // Every score is above the first, and none above the last.
    let thresholds: [Double] = [-1e-7] + between + [1 + 1e-7]
    levels = thresholds.map { Float(isOfLogits ? $0.logit : $0) }
  }

  /// The area of a histogram of (not wanted, wanted) by thresholds below the score; nil where one of them is empty.
  func area(_ histogram: [(Double, Double)]) -> Double? {
    let count = histogram.count - 1
    var (positive, negative) = (Array(repeating: 0.0, count: count), Array(repeating: 0.0, count: count))
    var sum = (0.0, 0.0)
    // A score with b thresholds below it is positive at thresholds 0 to b - 1.
    for threshold in (0..<count).reversed() {
      sum = (sum.0 + histogram[threshold + 1].0, sum.1 + histogram[threshold + 1].1)
      (negative[threshold], positive[threshold]) = sum
    }
    let (unwanted, wanted) = (sum.0 + histogram[0].0, sum.1 + histogram[0].1)
    guard wanted != 0, unwanted != 0 else { return nil }
    if curve == .PR, summation == .interpolation { return interpolated(positive, negative, wanted) }
    let recall = positive.map { $0 / wanted }
    let shares = zip(positive, negative).map { $0 + $1 == 0 ? 0 : $0 / ($0 + $1) }
    let (x, y) = curve == .ROC ? (negative.map { $0 / unwanted }, recall) : (recall, shares)
    var area = 0.0
    for index in 0..<count - 1 {
      let height =
        switch summation {
        case .interpolation: (y[index] + y[index + 1]) / 2
        case .majoring: max(y[index], y[index + 1])
        case .minoring: min(y[index], y[index + 1])
        }
      area += (x[index] - x[index + 1]) * height
    }
    return area
  }

  /// Precision between two thresholds as true positives grow in proportion to all positives.
  private func interpolated(_ positive: [Double], _ negative: [Double], _ wanted: Double) -> Double {
    let all = zip(positive, negative).map { $0 + $1 }
    var area = 0.0
    for index in 0..<all.count - 1 {
      let (gain, width) = (positive[index] - positive[index + 1], all[index] - all[index + 1])
      let slope = width > 0 ? gain / width : 0
      let intercept = positive[index + 1] - slope * all[index + 1]
      let ratio = all[index] > 0 && all[index + 1] > 0 ? all[index] / all[index + 1] : 1
      area += slope * (gain + intercept * log(ratio)) / wanted
    }
    return area
  }
}

extension LayerConfiguration {
  /// Keras takes `PR` and `pr`.
  fileprivate func upper<Value: RawRepresentable & CaseIterable>(
    _ key: String, _ standard: Value
  ) throws(ImportError) -> Value where Value.RawValue == String {
    if let value = value(key).asString.flatMap({ Value(rawValue: $0.uppercased()) }) { return value }
    return try choice(key, default: standard)
  }

  /// Keras takes `interpolation` and `Interpolation`.
  fileprivate func lower<Value: RawRepresentable & CaseIterable>(
    _ key: String, _ standard: Value
  ) throws(ImportError) -> Value where Value.RawValue == String {
    if let value = value(key).asString.flatMap({ Value(rawValue: $0.lowercased()) }) { return value }
    return try choice(key, default: standard)
  }
}
