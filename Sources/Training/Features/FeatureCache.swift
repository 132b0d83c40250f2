import Datasets
import Foundation
import Networks
import Tensors

/// What nothing trains in a stretch and gives the same for a sample in every step: it is computed once for each sample and
/// view, and the rest of the network is trained and measured from that. The bits are those of a training without it.
final class FeatureCache {
  /// How the rest is trained, and measured; parameters lie where they lie in the whole.
  let plan: Plan
  let evaluationPlan: Plan?
  let train: FeatureSet
  let monitored: FeatureSet?
  /// Of test data that is looked at once.
  let test: FeatureSet?

  /// Bytes up to which features are kept in memory, and up to which in files, where the recipe leaves that open.
  private static let (memoryLimit, fileLimit) = (1 << 30, 16 << 30)

  /// Nil where the recipe does not want it, nothing can be kept, or that would not pay.
  ///
  /// - Parameters:
  ///   - whole, evaluation: the plans of the whole network.
  init?(_ parts: TrainerParts, _ stretch: Stretch, whole: Plan, evaluation: Plan?) throws(TrainingError) {
    let recipe = parts.recipe
    guard recipe.featureCache != .never, let value = stretch.trainedGraph.unchangingValue else { return nil }
    guard let views = recipe.augmentation.isEmpty ? 1 : recipe.views else { return nil }
    let prefix = try recipe.makePlan(stretch.trainedGraph.prefix(upTo: value), partOf: whole, isEnd: false)
    func work(_ plan: Plan) -> Int { plan.steps.reduce(0) { $0 + $1.multiplications } }
    if recipe.featureCache == .automatic {
      // Each is used twice at least, and half of the work of a forward pass is saved.
      guard stretch.steps.count > views * parts.sampler.batchesPerEpoch, 2 * work(prefix) >= work(whole) else { return nil }
    }
    let sources = parts.sources
    let samples = views * sources.train.count + (sources.monitored?.count ?? 0)
    let bytes = samples * stretch.trainedGraph.shape(value).count * MemoryLayout<Float>.stride
    if recipe.featureCache == .automatic, bytes > FeatureCache.fileLimit { return nil }
    let isInFile = recipe.featureCache == .file || recipe.featureCache == .automatic && bytes > FeatureCache.memoryLimit
    func makeSet(
      _ source: any DataSource, _ preparation: Preparation, _ plan: Plan, _ name: String, views: Int
    ) throws(TrainingError) -> FeatureSet {
      FeatureSet(
        source, preparation, plan, outline: try FeatureCache.outline(stretch.trainedGraph.prefix(upTo: value), plan, recipe),
        views: views, place: isInFile ? .file("\(parts.folder)/features-\(name).h5") : .memory)
    }
    plan = try recipe.makePlan(stretch.trainedGraph.suffix(from: value), partOf: whole)
    train = try makeSet(sources.train, sources.trainPreparation, prefix, "train", views: views)
    guard let evaluation, let monitored = sources.monitored, let preparation = sources.evaluationPreparation else {
      (evaluationPlan, self.monitored, test) = (nil, nil, nil)
      return
    }
    let shardSize = recipe.batch / recipe.shards
    let measured = try Evaluator.makePlan(
      stretch.graph.prefix(upTo: value), shardSize: shardSize, partOf: evaluation, isEnd: false)
    evaluationPlan = try Evaluator.makePlan(stretch.graph.suffix(from: value), shardSize: shardSize, partOf: evaluation)
    self.monitored = try makeSet(monitored, preparation, measured, "validation", views: 1)
    test = sources.validation == nil
      ? nil : try sources.test.map { source throws(TrainingError) in try makeSet(source, preparation, measured, "test", views: 1) }
  }

  /// Gives memory back and removes files.
  func drop(on rank: Int) { for set in [train, monitored, test] { set?.drop(on: rank) } }

  /// The layers, and how their inputs are prepared.
  private static func outline(_ graph: Graph, _ plan: Plan, _ recipe: Recipe) throws(TrainingError) -> String {
    let encoder = JSONEncoder.ofNumbers
    func text(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    do {
      let layers = try graph.nodes.map { node in
        "\(node.name) \(node.layer.kerasName) \(node.inputs.map(\.node)) \(node.role) \(try text(node.layer.kerasConfiguration()))"
      }
      let seed = recipe.augmentation.isEmpty ? 0 : recipe.seed
      return try
        "\(plan.mode) \(plan.lanes) \(recipe.convolution) \(text(recipe.preprocessing)) \(text(recipe.augmentation)) \(seed)\n"
        + layers.joined(separator: "\n")
    } catch {
      throw TrainingError(.configuration, "the layers before the features cannot be described: \(error)")
    }
  }
}
