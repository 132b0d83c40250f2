import Archives
public import HDF5
public import Networks

extension CompileConfiguration {
  /// What the file was compiled with; nil where it holds no model that was, or nothing that can be understood of it:
  /// that stops nobody from using the model.
  ///
  /// - Parameter path: a file with a model or with weights, of any format.
  public init?(reading path: String) throws(KerasError) {
    switch try ModelFileFormat(of: path) {
    case .archive, .folder:
      let isFolder = try ModelFileFormat(of: path) == .folder
      let configuration = try KerasArchive.read(path, isFolder: isFolder).configuration
      guard let model = try? JSONValue(parsing: configuration, called: "config.json") else { return nil }
      self.init(model["compile_config"])
    case .wholeModel: try self.init(File(keras: path))
    default: return nil
    }
  }

  /// - Parameter file: an open HDF5 file with a whole model.
  public init?(_ file: File) throws(KerasError) {
    let text = try KerasError.catching { () throws(HDF5Error) in
      let attributes = file.root.attributes
      return try attributes.contains("training_config") ? attributes.string("training_config") : nil as String?
    }
    guard let text, let value = try? JSONValue(parsing: text, called: "training_config") else { return nil }
    self.init(value)
  }

  /// - Parameter value: `training_config` or `compile_config` of any version of Keras.
  public init?(_ value: JSONValue) {
    guard let members = value.asObject, !members.isEmpty else { return nil }
    let optimizer = members["optimizer_config"] ?? members["optimizer"] ?? .null
    self.init(
      optimizer: Self.optimizer(optimizer),
      losses: Self.perOutput(value["loss"]) { Self.object($0, Object.losses) },
      lossWeights: Self.perOutput(value["loss_weights"], \.asNumber),
      metrics: Self.metrics(value["metrics"]), weightedMetrics: Self.metrics(value["weighted_metrics"]))
    for (key, standards) in [
      "jit_compile": [false, "auto"], "run_eagerly": [false], "steps_per_execution": [1], "auto_scale_loss": [true],
    ] as [String: [JSONValue]] {
      if let setting = members[key], setting != .null, !standards.contains(setting) { settings[key] = setting }
    }
  }

  /// `Custom>Adam` is how Keras 2 writes its own since 2.11.
  private static func optimizer(_ value: JSONValue) -> Object? {
    if let name = value.asString { return Object(name) }
    guard let name = value["class_name"].asString else { return nil }
    return Object(
      name.hasPrefix("Custom>") ? String(name.dropFirst("Custom>".count)) : name, value["config"].asObject ?? [:],
      isCustom: isCustom(value))
  }

  private static func isCustom(_ value: JSONValue) -> Bool {
    if let registered = value["registered_name"].asString, registered.contains(">") { return true }
    guard let module = value["module"].asString else { return false }
    return !module.hasPrefix("keras") && module != "builtins"
  }

  /// A loss or metric: a name, or a class with its arguments, or a function.
  private static func object(_ value: JSONValue, _ known: Set<String>) -> Object? {
    let isMetric = known == Object.metrics
    if let name = value.asString { return Object(named: name, among: known, namesScore: isMetric) }
    guard let name = value["class_name"].asString else { return nil }
    let arguments = value["config"].asObject ?? [:]
    if name == "function" {
      return Object(named: value["config"].asString ?? name, among: known, namesScore: isMetric)
    }
    // Keras 2 wraps functions.
    if ["MeanMetricWrapper", "LossFunctionWrapper", "SumOverBatchSizeMetricWrapper"].contains(name) {
      let function = arguments["fn"]?.asString ?? arguments["fn"]?["config"].asString ?? arguments["name"]?.asString
      var object = Object(named: function ?? name, among: known, namesScore: false)
      object.arguments = arguments.filter { !["fn", "dtype"].contains($0.key) }
      return object
    }
    return Object(
      name, arguments.filter { $0.key != "dtype" && $0.key != "fn" }, isCustom: isCustom(value) || !known.contains(name)
    )
  }

  private static func perOutput<Value>(_ value: JSONValue, _ read: (JSONValue) -> Value?) -> PerOutput<Value>? {
    if let list = value.asArray { return .listed(list.map(read)) }
    if let members = value.asObject, members["class_name"] == nil {
      return .named(members.compactMapValues(read))
    }
    return read(value).map { .all($0) }
  }

  /// A list of metrics is for every output, a list of lists for one after the other.
  private static func metrics(_ value: JSONValue) -> PerOutput<[Object]>? {
    func list(_ value: JSONValue) -> [Object]? {
      if value == .null { return nil }
      return (value.asArray ?? [value]).compactMap { object($0, Object.metrics) }
    }
    if let lists = value.asArray, lists.contains(where: { $0.asArray != nil }) {
      return lists.count == 1 ? list(lists[0]).map { .all($0) } : .listed(lists.map(list))
    }
    if let members = value.asObject, members["class_name"] == nil { return .named(members.compactMapValues(list)) }
    return list(value).map { .all($0) }
  }
}
