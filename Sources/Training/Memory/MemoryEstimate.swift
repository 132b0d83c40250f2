import Communication
import Datasets
import Kernels
import Networks
import Tensors

/// The memory of a rank in a stage of training, part by part, from the recipe alone (`RunPlan.memory`): what its peak
/// resident size will be.
public struct MemoryEstimate: Sendable {
  public struct Part: Sendable {
    public let name: String
    public let bytes: Int
  }

  public private(set) var parts: [Part] = []

  public var bytes: Int { parts.reduce(0) { $0.saturatedSum($1.bytes) } }

  /// The program itself with its libraries, and what MPI takes besides: measured with a network of a few weights.
  private static let program = 46 << 20
  private static let messagePassing = 10 << 20

  /// - Parameters:
  ///   - shards: those of the rank.
  ///   - steps: of the whole run.
  ///   - threads: workers of a rank, before they are limited to its shards.
  ///   - isLaunched: whether a launcher starts the ranks, so that a single one has MPI too.
  init(
    _ recipe: Recipe, _ stage: StagePlan, _ sources: TrainingSources, shards: Range<Int>, steps: Int, ranks: Int,
    threads: Int, isLaunched: Bool
  ) {
    let (plan, evaluation, features) = (stage.plan, stage.evaluation, stage.features)
    let (tree, table) = (ShardTree(shards: recipe.shards), plan.table)
    let workers = min(threads, shards.count)
    let (networks, gradients) =
      recipe.keepsNetworks(plan)
      ? (shards.count, shards.count)
      : (
        workers,
        (0..<workers).reduce(0) {
          $0 + ShardAccumulator.bufferCount(tree: tree, shards: ShardTree.share($1, of: workers, in: shards))
        }
      )
    add("program", MemoryEstimate.program + (ranks > 1 || isLaunched ? MemoryEstimate.messagePassing : 0))
    add("weights", floats: table.trainableCount + table.stateCount)
    add(
      "gradients",
      floats: [gradients, table.gradientCount].saturatedProduct.saturatedSum(
        [recipe.shards, plan.factors.count].saturatedProduct))
    add("optimizer", floats: recipe.slotCount * table.trainableCount)
    let exchanged =
      recipe.reducer == .blocking
      ? table.gradientCount
      : min(table.gradientCount, OverlappedReducer.bucketLimit * OverlappedReducer.defaultBucketCount)
    add("exchange", floats: MemoryEstimate.received(tree, ranks: ranks, count: exchanged))
    // The networks that make the features are gone before the others begin.
    let (makers, measurers) = (features?.prefix, features?.evaluationPrefix)
    add("packed kernels", max(plan.sharedPackedBytes, makers?.sharedPackedBytes ?? 0))
    add(
      "activations",
      max(
        [networks, max(plan.arenaBytes, evaluation?.arenaBytes ?? 0)].saturatedProduct,
        [workers, max(makers?.arenaBytes ?? 0, measurers?.arenaBytes ?? 0)].saturatedProduct))
    if let features, !features.isInFile { add("features", features.bytes) }
    if MemoryEstimate.copiesForCheckpoints(recipe, samples: sources.train.count, steps: steps) {
      add("checkpoint", floats: (1 + recipe.slotCount) * table.trainableCount + table.stateCount)
    }
    if recipe.earlyStopping?.restoreBest == true {
      // Read from the file and passed on, at the end of the run.
      add("weights of the best epoch", floats: 2 * (table.trainableCount + table.stateCount))
    }
    let shard = MemoryEstimate.loaded(plan)
    let made =
      features.map {
        [FeatureExtractor.ahead + 1, workers, MemoryEstimate.loaded($0.prefix)].saturatedProduct
      } ?? 0
    let batches = [Loader.defaultAhead + 1, shards.count, shard].saturatedProduct
    add("batches of images", floats: max(batches.saturatedSum(MemoryEstimate.cut(plan)), made))
    if sources.monitored != nil {
      let plan = evaluation ?? plan
      add(
        "batches of test images",
        floats: [Evaluator.ahead + 1, workers, MemoryEstimate.loaded(plan)].saturatedProduct.saturatedSum(
          MemoryEstimate.cut(plan)))
    }
    add(
      "data",
      sources.train.bytesInMemory + (sources.validation?.bytesInMemory ?? 0) + (sources.test?.bytesInMemory ?? 0))
  }

  /// Floats of a shard's inputs and targets.
  private static func loaded(_ plan: Plan) -> Int {
    plan.inputs.reduce(0) { $0.saturatedSum(Layout($1.shape, lanes: plan.lanes).count) }
  }

  /// Floats of the inputs that a loader cuts into strips, before it does.
  private static func cut(_ plan: Plan) -> Int {
    plan.inputCuts.compactMap(\.self).reduce(0) {
      $0.saturatedSum(Layout($1.move.target.image(of: $1.shape), lanes: plan.lanes).count)
    }
  }

  /// Whether training goes on while a checkpoint is written, from a copy then.
  private static func copiesForCheckpoints(_ recipe: Recipe, samples: Int, steps: Int) -> Bool {
    let interval = recipe.checkpoint.every.steps(perEpoch: (samples + recipe.batch - 1) / recipe.batch)
    return recipe.memory != .small && interval > 0 && interval < steps
  }

  /// Floats of what the first rank receives and, where it has several nodes of the tree, packs to send.
  private static func received(_ tree: ShardTree, ranks: Int, count: Int) -> Int {
    guard ranks > 1 else { return 0 }
    let nodes = (0..<ranks).map { tree.maximalNodes(in: tree.shards(ofRank: $0, of: ranks)).count }
    let sent = nodes[0] > 1 ? nodes[0] * (count - count / ranks) : 0
    return nodes.dropFirst().reduce(0, +) * (count / ranks) + sent
  }

  private mutating func add(_ name: String, _ bytes: Int) { parts.append(Part(name: name, bytes: bytes)) }

  private mutating func add(_ name: String, floats: Int) {
    add(name, [floats, MemoryLayout<Float>.stride].saturatedProduct)
  }
}
