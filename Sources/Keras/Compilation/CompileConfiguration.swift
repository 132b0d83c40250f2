public import Networks

/// The configuration of a compiled model under Keras's own names, as a file of Keras holds it: `training_config` of an
/// `.h5`, `compile_config` of a `.keras`.
///
///     let compiled = try CompileConfiguration(reading: "model.keras")
///     compiled?.optimizer                                    // SGD with its arguments
///     compiled?.losses?.values(of: ["class_output", "box_output"])
public struct CompileConfiguration: Hashable, Sendable {
  /// A loss, a metric, an optimizer or a schedule.
  public struct Object: Hashable, Sendable {
    /// Keras's class: `SparseCategoricalCrossentropy`, also where the file has `sparse_categorical_crossentropy`. A
    /// metric that Keras chooses by the loss stays `accuracy`.
    public var className: String
    public var arguments: [String: JSONValue]
    /// Whether only its author's code knows it.
    public var isCustom = false

    public init(_ className: String, _ arguments: [String: JSONValue] = [:], isCustom: Bool = false) {
      (self.className, self.arguments, self.isCustom) = (className, arguments, isCustom)
    }
  }

  /// Something that is said once for all outputs, by their order, or by their names.
  public enum PerOutput<Value: Hashable & Sendable>: Hashable, Sendable {
    case all(Value)
    case listed([Value?])
    case named([String: Value])

    /// One for each output, nil where there is none.
    ///
    /// - Parameter outputs: the names of the layers that the outputs are of, in the order of the model.
    public func values(of outputs: [String]) -> [Value?] {
      switch self {
      case .all(let value): outputs.map { _ in value }
      case .listed(let values): outputs.indices.map { $0 < values.count ? values[$0] : nil }
      case .named(let values): outputs.map { values[$0] }
      }
    }

    func mapped<Other>(_ change: (Value) -> Other) -> PerOutput<Other> {
      switch self {
      case .all(let value): .all(change(value))
      case .listed(let values): .listed(values.map { $0.map(change) })
      case .named(let values): .named(values.mapValues(change))
      }
    }

    var all: [Value] {
      switch self {
      case .all(let value): [value]
      case .listed(let values): values.compactMap(\.self)
      case .named(let values): values.sorted { $0.key < $1.key }.map(\.value)
      }
    }
  }

  public var optimizer: Object?
  public var losses: PerOutput<Object>?
  public var lossWeights: PerOutput<Double>?
  public var metrics: PerOutput<[Object]>?
  public var weightedMetrics: PerOutput<[Object]>?
  /// How Keras runs its steps, where that is not its standard: `jit_compile`, `run_eagerly`, `steps_per_execution`.
  public var settings: [String: JSONValue] = [:]

  public init(
    optimizer: Object?, losses: PerOutput<Object>?, lossWeights: PerOutput<Double>? = nil,
    metrics: PerOutput<[Object]>? = nil, weightedMetrics: PerOutput<[Object]>? = nil
  ) {
    (self.optimizer, self.losses, self.lossWeights) = (optimizer, losses, lossWeights)
    (self.metrics, self.weightedMetrics) = (metrics, weightedMetrics)
  }

  /// Takes out losses and metrics that only their author's code knows, without which Keras would not load a file; all
  /// losses where one is among them.
  ///
  /// - Returns: the names, for a sentence; nil where there were none.
  public mutating func removeCustomObjects() -> String? {
    let names = customNames
    guard !names.isEmpty else { return nil }
    if losses?.all.contains(where: \.isCustom) == true { losses = nil }
    metrics = metrics.map { $0.mapped { $0.filter { !$0.isCustom } } }
    weightedMetrics = weightedMetrics.map { $0.mapped { $0.filter { !$0.isCustom } } }
    return names.map { "'\($0)'" }.joined(separator: ", ")
  }

  /// Losses and metrics that only their author's code knows.
  public var customNames: [String] {
    let metrics = [self.metrics, weightedMetrics].compactMap(\.self).flatMap(\.all).flatMap(\.self)
    var names: [String] = []
    for object in (losses?.all ?? []) + metrics where object.isCustom && !names.contains(object.className) {
      names.append(object.className)
    }
    return names
  }
}
