public import Networks

extension CompileConfiguration {
  /// Who is to read it.
  enum Reader {
    /// The HDF5 file of a whole model, for Keras 2 and 3.
    case wholeModel
    /// The same for Keras 2 alone.
    case keras2
    /// `.keras`, for Keras 3.
    case archive
  }

  /// All of it, as `init(text:)` reads it.
  public var text: String { (value(for: .archive) ?? .null).text }

  /// Nil for what is none.
  public init?(text: String) {
    guard let value = try? JSONValue(parsing: text, called: "compile_config") else { return nil }
    self.init(value)
  }

  /// Whether Keras 2 and Keras 3 can read one and the same `training_config`.
  ///
  /// Under the names that Keras 3 knows, Keras 2 makes its optimizers of before 2.11: they have no AdamW, no
  /// `weight_decay` and no average. Under the names of the later ones (`Custom>Adam`) Keras 3 takes another rate.
  public var isForBothVersions: Bool {
    guard let optimizer else { return true }
    return ["sgd", "adam", "rmsprop"].contains(optimizer.className.lowercased())
      && optimizer.arguments["weight_decay"] ?? .null == .null && optimizer.arguments["use_ema"] ?? false == false
  }

  /// As a file holds it: with long names, and of the arguments those that the reader knows. Nil where no form suits the
  /// reader.
  func value(for reader: Reader) -> JSONValue? {
    guard reader != .wholeModel || isForBothVersions else { return nil }
    var members: [String: JSONValue] = [
      "loss": losses.map { written($0) { object($0, module: "losses", reader) } } ?? .null,
      "loss_weights": lossWeights.map { written($0) { .number($0) } } ?? .null,
      "metrics": metrics.map { written($0, reader) } ?? .null,
      "weighted_metrics": weightedMetrics.map { written($0, reader) } ?? .null,
    ]
    if let optimizer {
      let key = reader == .archive ? "optimizer" : "optimizer_config"
      members[key] = object(reader == .keras2 ? optimizer.ofKeras2 : optimizer, module: "optimizers", reader)
    }
    return .object(members)
  }

  private func written<Value>(_ values: PerOutput<Value>, _ write: (Value) -> JSONValue) -> JSONValue {
    switch values.mapped(write) {
    case .all(let value): value
    case .listed(let values): .array(values.map { $0 ?? .null })
    case .named(let values): .object(values)
    }
  }

  private func written(_ metrics: PerOutput<[Object]>, _ reader: Reader) -> JSONValue {
    written(metrics) { .array($0.map { object($0, module: "metrics", reader) }) }
  }

  private func object(_ object: Object, module: String, _ reader: Reader) -> JSONValue {
    let isOptimizer = module == "optimizers"
    // Keras 2's word for its standard, which Keras 3 does not know.
    let arguments = object.arguments.filter { $0.key != "reduction" || $0.value != "auto" }
    // A score is called like the word that stands for its metric.
    let isWord = module == "losses" || object.shortName == object.className.inSnakeCase
    if arguments.isEmpty, !isOptimizer, isWord { return .string(object.shortName) }
    var members: [String: JSONValue] = [
      "class_name": .string(object.className), "config": .object(arguments),
    ]
    if reader == .archive {
      members["module"] = .string("keras.\(module)")
      members["registered_name"] = .null
    }
    return .object(members)
  }
}

extension CompileConfiguration.Object {
  /// An optimizer as Keras 2 writes its own since 2.11. Keras 3 goes by the name, and loads the model at least.
  fileprivate var ofKeras2: CompileConfiguration.Object {
    let name = arguments["name"] ?? .string(className.lowercased())
    return .init("Custom>\(className)", arguments.merging(["name": name]) { $1 })
  }

  /// A schedule as the argument `learning_rate` of an optimizer.
  public var asSchedule: JSONValue {
    .object([
      "module": "keras.optimizers.schedules", "class_name": .string(className), "config": .object(arguments),
      "registered_name": .null,
    ])
  }

  /// The schedule that the argument `learning_rate` is; nil for a number.
  public init?(schedule value: JSONValue) {
    guard let name = value["class_name"].asString else { return nil }
    let module = value["module"].asString
    self.init(
      name, (value["config"].asObject ?? [:]).filter { $0.key != "name" && $0.value != .null },
      isCustom: module.map { !$0.hasPrefix("keras") } ?? false)
  }
}
