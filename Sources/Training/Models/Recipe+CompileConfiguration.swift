import Keras
import Kernels
import Networks
import Tasks

extension Recipe {
  /// The compile configuration with which Keras trains on as this run does; nil where Keras has no such optimizer, or
  /// no such loss.
  ///
  /// - Parameters:
  ///   - stage: which the run is in.
  ///   - state: where it stands.
  func compileConfiguration(_ stage: TrainingStage, _ state: TrainingState) -> CompileConfiguration? {
    let rate = Double(stage.rate(at: state.step, after: state.history))
    guard let object = optimizer.kerasObject(rate: stage.kerasRate(current: rate), average: average),
      let losses = try? losses(of: stage.graph)
    else { return nil }
    let objects = losses.map { (name: $0.node.name, loss: $0.kerasObject, metrics: $0.kerasMetrics, weight: $0.weight) }
    guard objects.allSatisfy({ $0.loss != nil }) else { return nil }
    if objects.count == 1 {
      return CompileConfiguration(
        optimizer: object, losses: .all(objects[0].loss!),
        metrics: objects[0].metrics.isEmpty ? nil : .all(objects[0].metrics))
    }
    func named<Value>(_ value: (Int) -> Value) -> [String: Value] {
      Dictionary(uniqueKeysWithValues: objects.indices.map { (objects[$0].name, value($0)) })
    }
    return CompileConfiguration(
      optimizer: object, losses: .named(named { objects[$0].loss! }),
      lossWeights: .named(named { objects[$0].weight }),
      metrics: objects.allSatisfy(\.metrics.isEmpty) ? nil : .named(named { objects[$0].metrics }))
  }
}

extension TrainingLoss {
  /// Whether Keras has the loss for labels of one number for each class only: it smooths no others.
  private var isOfShares: Bool {
    (node.layer as? SparseCategoricalCrossentropy).map { $0.labelSmoothing > 0 } ?? false
  }

  /// Nil where Keras has no such loss.
  fileprivate var kerasObject: CompileConfiguration.Object? {
    let type = type(of: node.layer)
    guard !(node.layer is any BoxLossLayer) else { return nil }
    let usual = (try? LossRegistry.loss(.string(type.functionName)))?.kerasConfiguration() ?? [:]
    let arguments = node.layer.kerasConfiguration().filter { usual[$0.key] != $0.value }
    return .init(isOfShares ? CategoricalCrossentropy.kerasName : type.kerasName, arguments)
  }

  /// Those that Keras has.
  fileprivate var kerasMetrics: [CompileConfiguration.Object] {
    let isOfLogits = node.layer.kerasConfiguration()["from_logits"] == .bool(true)
    return metrics.compactMap { $0.kerasObject(ofShares: isOfShares, ofLogits: isOfLogits) }
  }
}

extension OutputMetric {
  /// Nil where Keras has no such metric, or none of what the output gives.
  ///
  /// - Parameter ofLogits: whether the model gives logits; otherwise Keras sees what the last function makes of them.
  fileprivate func kerasObject(ofShares: Bool, ofLogits: Bool) -> CompileConfiguration.Object? {
    let metric = ofLogits ? metric : original
    let type = type(of: metric)
    // What Keras calls the accuracy of labels that do not exclude each other.
    if type == ExactMatch.self { return .init("BinaryAccuracy", ofLogits ? ["threshold": 0] : [:]) }
    guard type.isInKeras, !ofLogits || activation == nil else { return nil }
    let usual = (try? MetricRegistry.reader(.string(type.kerasName)))?.kerasConfiguration() ?? [:]
    var arguments = metric.kerasConfiguration().filter { usual[$0.key] != $0.value }
    if let ownName { arguments["name"] = .string(ownName) }
    let sparse = "Sparse"
    let isRenamed = ofShares && type.kerasName.hasPrefix(sparse)
    return .init(isRenamed ? String(type.kerasName.dropFirst(sparse.count)) : type.kerasName, arguments)
  }
}
