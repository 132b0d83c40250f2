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
    guard let views = recipe.augmentation.isEmpty ? 1 : recipe.views else { return nil }
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
}
