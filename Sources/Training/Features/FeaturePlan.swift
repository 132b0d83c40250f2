import Datasets
import Networks
import Tensors

/// The part of a stage that is computed once for each sample and view instead of in every step, and how the rest is
/// run.
struct FeaturePlan: Sendable {
  /// Where what nothing trains ends.
  let value: Graph.Value
  /// What makes features of training data, and of other data.
  let prefix: Plan
  let evaluationPrefix: Plan?
  /// What is trained and measured from them; parameters lie where they lie in the whole.
  let suffix: Plan
  let evaluationSuffix: Plan?
  let views: Int
  /// The inputs of the whole network that the features are made of, by position; the others go past them.
  let prefixInputs: [Int]
  /// Of all features.
  let bytes: Int
  let isInFile: Bool

  /// Bytes up to which features are kept in memory, and up to which in files, where the recipe leaves that open.
  private static let (memoryLimit, fileLimit) = (1 << 30, 16 << 30)

  /// Nil where the recipe does not want it, nothing can be kept, or that would not pay.
  ///
  /// - Parameters:
  ///   - whole, evaluation: the plans of the whole network.
  init?(
    _ recipe: Recipe, _ stage: TrainingStage, _ sources: TrainingSources, _ losses: [TrainingLoss], stepsPerEpoch: Int,
    whole: Plan, evaluation: Plan?
  ) throws(TrainingError) {
    guard recipe.featureCache != .never, let value = stage.trainedGraph.unchangingValue else { return nil }
    if sources.train.changesWithEpochs {
      guard recipe.featureCache == .automatic else {
        throw TrainingError(
          .configuration,
          "'featureCache' is \(recipe.featureCache.rawValue), but the samples of \(sources.train.location) change with "
            + "every epoch; remove it.")
      }
      return nil
    }
    let isMixed = recipe.transforms.contains { $0.transform is any MixingTransform }
    let moved = sources.train.columns.first {
      $0.kind == .mask || $0.kind == .boxes || isMixed && ($0.kind == .categories || $0.kind == .numbers)
    }
    if recipe.isAugmented, let moved {
      // They change with every view, but features are kept without them.
      guard recipe.featureCache == .automatic else {
        throw TrainingError(
          .configuration,
          "'featureCache' is \(recipe.featureCache.rawValue), but the transforms change '\(moved.name)' with the "
            + "images; "
            + "remove one of them.")
      }
      return nil
    }
    let graph = stage.trainedGraph
    let prefixInputs = graph.inputs(before: value)
    let passing = graph.inputs.indices.filter { !prefixInputs.contains($0) }
    if let picture = passing.first(where: { graph.inputShapes[$0].rank > 1 }) {
      // Images that go past the features would have to be prepared and transformed beside them.
      guard recipe.featureCache == .automatic else {
        throw TrainingError(
          .configuration,
          "'featureCache' is \(recipe.featureCache.rawValue), but the input '\(graph.inputNames[picture])' is an image "
            + "that goes past what is frozen; remove it, or freeze the layers behind that input too.")
      }
      return nil
    }
    let replaced = recipe.inputs[graph.inputNames[prefixInputs[0]]] ?? sources.train.columns[0].name
    let isReadElsewhere =
      losses.contains { $0.column == replaced } || passing.contains { recipe.inputs[graph.inputNames[$0]] == replaced }
    if isReadElsewhere {
      // Features take its place in the samples.
      guard recipe.featureCache == .automatic else {
        throw TrainingError(
          .configuration,
          "'featureCache' is \(recipe.featureCache.rawValue), but '\(replaced)', of which the features are made, is "
            + "also a target or goes past them; remove it.")
      }
      return nil
    }
    self.prefixInputs = prefixInputs
    guard let views = !recipe.isAugmented ? 1 : recipe.views else { return nil }
    let prefix = try recipe.makePlan(stage.trainedGraph.prefix(upTo: value), nil, partOf: whole)
    func work(_ plan: Plan) -> Int { plan.steps.reduce(0) { $0 + $1.multiplications } }
    if recipe.featureCache == .automatic {
      // Each is used twice at least, and half of the work of a forward pass is saved.
      guard stage.steps.count > views * stepsPerEpoch, 2 * work(prefix) >= work(whole) else { return nil }
    }
    let lateTest = sources.validation == nil ? nil : sources.test
    let others = (sources.monitored?.count ?? 0) + (lateTest?.count ?? 0)
    let samples = [views, sources.train.count].saturatedProduct.saturatedSum(others)
    bytes = [samples, stage.trainedGraph.shape(value).count, MemoryLayout<Float>.stride].saturatedProduct
    if recipe.featureCache == .automatic, bytes > FeaturePlan.fileLimit { return nil }
    isInFile = recipe.featureCache == .file || recipe.featureCache == .automatic && bytes > FeaturePlan.memoryLimit
    (self.value, self.prefix, self.views) = (value, prefix, views)
    suffix = try recipe.makePlan(stage.trainedGraph.suffix(from: value), losses, partOf: whole)
    guard let evaluation else {
      (evaluationPrefix, evaluationSuffix) = (nil, nil)
      return
    }
    evaluationPrefix = try recipe.makeEvaluationPlan(stage.graph.prefix(upTo: value), nil, partOf: evaluation)
    evaluationSuffix = try recipe.makeEvaluationPlan(stage.graph.suffix(from: value), losses, partOf: evaluation)
  }

  /// The columns that make the features.
  ///
  /// - Parameter columns: those of all inputs of the whole network.
  func prefixColumns(_ columns: [String]) -> [String] { prefixInputs.map { columns[$0] } }

  /// The columns that the rest of the network takes: the one whose place the features have, then the others.
  func suffixInputs(_ columns: [String]) -> [String] {
    [columns[prefixInputs[0]]] + columns.indices.filter { !prefixInputs.contains($0) }.map { columns[$0] }
  }
}
