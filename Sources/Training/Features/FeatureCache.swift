import Datasets
import Foundation
import Networks
import Tensors

/// The part of a network that nothing trains in a stage and that gives the same for a sample in every step: it is
/// computed once for each sample and view, and the rest of the network is trained and measured from that. The bits are
/// those of a training without it.
final class FeatureCache {
  let train: FeatureSet
  let monitored: FeatureSet?
  /// Of test data that is looked at once.
  let test: FeatureSet?

  init(_ parts: TrainerParts, _ stage: TrainingStage, _ features: FeaturePlan) throws(TrainingError) {
    let (recipe, sources) = (parts.recipe, parts.sources)
    let layers = stage.trainedGraph.prefix(upTo: features.value)
    func makeSet(
      _ source: any DataSource, _ preparation: Preparation, _ plan: Plan, _ name: String, views: Int = 1
    ) throws(TrainingError) -> FeatureSet {
      FeatureSet(
        source, features.prefixColumns(parts.inputs), preparation, plan,
        outline: try FeatureCache.outline(layers, plan, recipe),
        views: views, place: features.isInFile ? .file("\(parts.folder)/features-\(name).h5") : .memory)
    }
    train = try makeSet(sources.train, sources.trainPreparation, features.prefix, "train", views: features.views)
    guard let plan = features.evaluationPrefix, let monitored = sources.monitored,
      let preparation = sources.monitoredPreparation
    else {
      (self.monitored, test) = (nil, nil)
      return
    }
    self.monitored = try makeSet(monitored, preparation, plan, "validation")
    guard sources.validation != nil, let source = sources.test, let preparation = sources.testPreparation else {
      test = nil
      return
    }
    test = try makeSet(source, preparation, plan, "test")
  }

  /// Gives memory back and removes files.
  func drop(on rank: Int) { for set in [train, monitored, test] { set?.drop(on: rank) } }

  /// The layers, and how their inputs are prepared.
  private static func outline(_ graph: Graph, _ plan: Plan, _ recipe: Recipe) throws(TrainingError) -> String {
    let encoder = JSONEncoder.ofNumbers
    func text(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    do {
      let layers = try graph.nodes.map { node in
        "\(node.name) \(node.layer.kerasName) \(node.inputs.map(\.node)) \(node.role) "
          + "\(try text(node.layer.kerasConfiguration()))"
      }
      let seed = !recipe.isAugmented ? 0 : recipe.seed
      return try
        "\(plan.mode) \(plan.lanes) \(recipe.convolution) \(text(recipe.preprocessing)) \(text(recipe.augmentation)) "
        + "\(recipe.transforms.isEmpty ? "" : text(recipe.transforms) + " ")\(seed)\n"
        + layers.joined(separator: "\n")
    } catch {
      throw TrainingError(.configuration, "the layers before the features cannot be described: \(error)")
    }
  }
}
