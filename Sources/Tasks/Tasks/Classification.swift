public import Datasets
public import Kernels
public import Networks
public import Tensors

/// One class for each sample: an output (K) of probabilities or logits, or of one number that tells two classes apart;
/// targets are class numbers.
public struct Classification: LearningTask {
  public static let name = "classification"
  private let output: TaskOutput

  public init?(_ outputs: [TaskOutput]) {
    guard outputs.count == 1, outputs[0].target.kind == .category, outputs[0].shape.rank == 1 else { return nil }
    output = outputs[0]
  }

  private var isOfTwo: Bool { output.shape.channels == 1 }
  private var classes: Int { isOfTwo ? 2 : output.shape.channels }

  public var losses: [String] { [isOfTwo ? "binary_crossentropy" : "sparse_categorical_crossentropy"] }

  public var metrics: [[NamedMetric]] {
    [[NamedMetric(MetricRegistry.accuracy(output: output.shape, target: output.target.shape), name: "accuracy")]]
  }

  public var reportMetrics: [[NamedMetric]] {
    [[NamedMetric(ClassConfusion(isOfTwo: isOfTwo)), NamedMetric(FirstFive())]]
  }

  public static func heads(
    behind features: Shape, image: Shape, for targets: [Column]
  ) throws(ShapeError) -> [HeadLayers] {
    var heads: [HeadLayers] = []
    for target in targets {
      let classes = try target.classCount
      heads.append(Head.pooling(features) + [Head.dense(classes, "predictions", "softmax")])
    }
    return heads
  }

  public func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction {
    let probabilities = ClassProbabilities.of(outputs[0].sample(lane), output.ending)
    return ClassPrediction(probabilities, names: output.target.classNames, top: top)
  }

  public func report(_ states: [[MetricState]]) -> [ReportPart] {
    let matrix = ClassConfusion(isOfTwo: isOfTwo).rows(states[0][0])
    let samples = matrix.reduce(0) { $0 + $1.reduce(0, +) }
    let correct = matrix.indices.reduce(0) { $0 + matrix[$1][$1] }
    let accuracy = Double(correct) / Double(max(1, samples))
    let scores = matrix.indices.map { index in
      LabelCounts(
        images: matrix[index].reduce(0, +), predicted: matrix.reduce(0) { $0 + $1[index] },
        correct: matrix[index][index])
    }
    let names = (0..<classes).map { output.target.className($0) }
    var figures = LabelCounts.figures(scores, accuracy: accuracy, correct: correct, samples: samples)
    if classes > 5 { figures.append(("topFive", .number(FirstFive().result(states[0][1]) ?? 0))) }
    let title = "\(ReportText.percent(accuracy)) of \(samples) images right"
    return [
      .figures(figures), .table(LabelCounts.table(scores, names: names)),
      .matrix(ReportMatrix(name: "confusion", title: title, classNames: names, rows: matrix)),
    ]
  }
}

extension Column {
  /// How many classes a head is to tell apart.
  var classCount: Int {
    get throws(ShapeError) {
      guard !classNames.isEmpty else {
        throw ShapeError("a head for the column '\(name)' needs to know its classes, but nothing names them.")
      }
      return classNames.count
    }
  }

  /// The name of a class, or its number.
  func className(_ number: Int) -> String {
    classNames.indices.contains(number) ? classNames[number] : String(number)
  }
}

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
