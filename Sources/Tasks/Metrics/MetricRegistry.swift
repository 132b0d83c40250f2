public import Networks
public import Tensors

/// Every metric that can be named in a configuration or in the `training_config` of a Keras file.
public enum MetricRegistry {
  public static let metrics: [any Metric.Type] = [
    AUC.self, BinaryAccuracy.self, BinaryIoU.self, BoxIoU.self, CalibrationError.self, CategoricalAccuracy.self,
    CosineSimilarity.self, ExactAUC.self, ExactMatch.self, F1Score.self, FBetaScore.self, FalseNegatives.self,
    FalsePositives.self, IoU.self, LogCoshError.self, MeanAbsoluteError.self, MeanAbsolutePercentageError.self,
    MeanIoU.self, MeanSquaredError.self, MeanSquaredLogarithmicError.self, OneHotIoU.self, OneHotMeanIoU.self,
    PixelAccuracy.self, Precision.self, R2Score.self, Recall.self, RootMeanSquaredError.self,
    SparseCategoricalAccuracy.self, SparseTopKCategoricalAccuracy.self, TopKCategoricalAccuracy.self,
    TrueNegatives.self, TruePositives.self,
  ]

  /// Names that mean another accuracy for each kind of output.
  private static let accuracies = ["accuracy", "acc"]

  private static let byName: [String: any Metric.Type] = {
    var types: [String: any Metric.Type] = [:]
    for type in metrics {
      for name in [type.kerasName, type.functionName] + type.aliases {
        precondition(types.updateValue(type, forKey: name) == nil, "two metrics are called \(name)")
      }
    }
    return types
  }()

  /// Names of functions, sorted: what a list of metrics shows.
  public static let names = (metrics.map { $0.functionName } + ["accuracy"]).sorted()

  /// Whether there is a metric of a name.
  public static func knows(_ name: String) -> Bool { byName[name] != nil || accuracies.contains(name.lowercased()) }

  /// The metric of a name or of `{name: {arguments}}`, as in a configuration, or of `{class_name, config}`, as in a
  /// Keras file, with what its score is called: the argument `name`, else the name itself, but for a class its
  /// function's.
  ///
  /// - Parameters:
  ///   - output: of the model's output that it measures.
  ///   - target: of the target.
  ///   - loss: the name of the loss function of that output.
  public static func metric(
    _ description: JSONValue, output: Shape, target: Shape, loss: String? = nil
  ) throws(ImportError) -> NamedMetric {
    let (name, arguments) = try parse(description)
    if accuracies.contains(name.lowercased()) {
      let metric = accuracy(output: output, target: target, loss: loss)
      let score = name.lowercased() == name ? name : "accuracy"
      return try make(type(of: metric), arguments, output, target, scoreName: score)
    }
    guard let type = byName[name] else {
      let known = metrics.flatMap { $0.aliases + [$0.functionName, $0.kerasName] } + accuracies
      let hint = known.nearest(to: name).map { "; did you mean '\($0)'?" }
      throw ImportError(
        "there is no metric '\(name)'" + (hint ?? "; known are \(names.joined(separator: ", "))."))
    }
    return try make(
      type, arguments, output, target, scoreName: name == type.kerasName ? type.functionName : name)
  }

  /// A metric by its class and arguments, settled for shapes before they were written: it reads states, and counts
  /// nothing more.
  public static func reader(_ description: JSONValue) throws(ImportError) -> any Metric {
    let (name, arguments) = try parse(description)
    guard let type = byName[name] else { throw ImportError("there is no metric '\(name)'; write the file again.") }
    return try type.init(keras: LayerConfiguration(className: type.kerasName, values: arguments, noun: "metric"))
  }

  /// What `accuracy` means: Keras's choice by the shapes of output and target. With a binary cross-entropy over several
  /// labels, which do not exclude each other, it is the share of samples all of whose labels are right: Keras would
  /// compare the largest output with the first label that is set.
  public static func accuracy(output: Shape, target: Shape, loss: String? = nil) -> any Metric {
    if let loss, loss.hasPrefix("binary_"), output.channels > 1, output == target { return ExactMatch() }
    if output.channels == 1 { return BinaryAccuracy() }
    let isSparse = target.rank < output.rank || target.channels == 1
    return isSparse ? SparseCategoricalAccuracy() : CategoricalAccuracy()
  }

  /// As Keras writes it: `{class_name, config}`. Nil for a metric that Keras does not have.
  public static func kerasDescription(_ named: NamedMetric) -> JSONValue? {
    let type = type(of: named.metric)
    guard type.isInKeras else { return nil }
    var configuration = named.metric.kerasConfiguration()
    configuration["name"] = .string(named.name)
    configuration["dtype"] = "float32"
    return .object([
      "module": "keras.metrics", "class_name": .string(type.kerasName), "config": .object(configuration),
      "registered_name": .null,
    ])
  }

  private static func make(
    _ type: any Metric.Type, _ arguments: [String: JSONValue], _ output: Shape, _ target: Shape, scoreName: String
  ) throws(ImportError) -> NamedMetric {
    let configuration = LayerConfiguration(
      className: type.kerasName, values: arguments.merging(["name": .string(scoreName)]) { given, _ in given },
      noun: "metric")
    // States are whole numbers and exact sums, whatever a file says.
    _ = configuration.value("dtype")
    let name = try configuration.string("name")
    let metric = try type.init(keras: configuration)
    try configuration.checkUnreadKeys()
    do throws(ShapeError) {
      let settled = try metric.settled(output: output, target: target)
      // Shapes that do not fit are refused when the name is read.
      _ = try settled.makeState(output: output, target: target, isWeighted: false)
      return NamedMetric(settled, name: name)
    } catch {
      throw ImportError(error.description)
    }
  }

  private static func parse(
    _ description: JSONValue
  ) throws(ImportError) -> (name: String, arguments: [String: JSONValue]) {
    if let name = description.asString { return (name, [:]) }
    if let name = description["class_name"].asString {
      let arguments = description["config"].asObject ?? [:]
      // Keras writes a function, or a metric made of one, under the class of its wrapper.
      guard name == "MeanMetricWrapper" || name == "function" else { return (name, arguments) }
      let function = name == "function" ? description["config"] : arguments["fn"] ?? .null
      if let inner = function.asString ?? function["config"].asString {
        return (inner, arguments["name"].map { ["name": $0] } ?? [:])
      }
    }
    if let (name, arguments) = description.asObject?.first, description.asObject?.count == 1 {
      if arguments == .null { return (name, [:]) }
      if let arguments = arguments.asObject { return (name, arguments) }
    }
    throw ImportError("a metric is a name, or {name: {argument: value}}, but here it is \(description.brief).")
  }
}
