public import Communication
public import Datasets
import Foundation
public import Networks
public import Tasks
public import Tensors

/// Measures losses and scores of a network on a data set that the ranks share out.
///
/// Metrics merge exactly and losses of shards are added in the order of the shards, so the digits are the same for
/// every number of ranks and threads; no sample is counted twice.
public final class Evaluator {
  /// Batches prepared before they are asked for.
  static let ahead = 1

  private let weights: Weights
  private let source: any DataSource
  private let inputs: [String]
  private let preparation: Preparation
  private let communicator: any Communicator
  private let sampler: Sampler
  private let shards: Range<Int>
  private let losses: [TrainingLoss]
  private let workers: [Worker]

  /// Evaluates one shard after the other.
  private final class Worker: @unchecked Sendable {
    let task: ShardTask
    let shards: Range<Int>
    var results: [Metrics] = []
    /// Nil where nothing is reported but losses and scores.
    var counter: TaskCounter?

    init(_ network: Network, _ losses: [TrainingLoss], shards: Range<Int>) {
      (task, self.shards) = (ShardTask(network: network, seed: 0, losses: losses), shards)
    }

    func evaluate(_ shard: LoadedShard) {
      guard shard.liveCount > 0 else {
        results.append(task.losses.emptyMetrics)
        return
      }
      task.load(shard, step: 0)
      task.network.forward()
      counter?.add(shard, task.network)
      results.append(task.measure(shard))
    }
  }

  /// - Parameters:
  ///   - graph: whose outputs the losses of the recipe take.
  ///   - weights: as they are when `evaluate` is called.
  ///   - recipe: decides the loss, and the images that run through the network at once.
  ///   - threads: workers of this rank.
  public convenience init(
    _ graph: Graph, weights: Weights, source: any DataSource, preparation: Preparation, communicator: any Communicator,
    recipe: Recipe, threads: Int
  ) throws(TrainingError) {
    try recipe.requireTargets(source, for: graph)
    let losses = try recipe.losses(of: graph)
    let plan = try recipe.makeEvaluationPlan(graph, losses)
    self.init(
      plan, weights: weights, losses: losses, source: source,
      inputs: try recipe.inputColumns(of: graph, DataDescription(source, preparation.columns, classes: 0)),
      preparation: preparation, communicator: communicator, shardSize: recipe.batch / recipe.shards,
      arenas: (0..<threads).map { _ in Arena(count: plan.arenaCount) })
  }

  /// - Parameters:
  ///   - plan: from `makeEvaluationPlan`.
  ///   - inputs: the columns that its inputs take.
  ///   - arenas: one for each worker; they may be those of networks that do not run during `evaluate`.
  init(
    _ plan: Plan, weights: Weights, losses: [TrainingLoss], source: any DataSource, inputs: [String],
    preparation: Preparation, communicator: any Communicator, shardSize: Int, arenas: [Arena]
  ) {
    (self.weights, self.source, self.preparation, self.communicator) = (weights, source, preparation, communicator)
    self.losses = losses
    self.inputs = inputs
    let total = arenas.count * communicator.size
    sampler = Sampler(count: source.count, batch: shardSize * total, shards: total, shuffledBy: nil)
    shards = ShardTree(shards: total).shards(ofRank: communicator.rank, of: communicator.size)
    let ownShards = shards
    workers = arenas.enumerated().map { worker, arena in
      Worker(
        Network(plan, weights: weights, arena: arena), losses,
        shards: ShardTree.share(worker, of: arenas.count, in: ownShards))
    }
  }

  /// Collective: every rank calls it and gets the same result.
  public func evaluate(pool: WorkerPool) throws(TrainingError) -> Metrics { try gather(pool, counting: nil).metrics }

  /// The same, with what the task of the outputs reports. Collective.
  public func assess(_ task: any LearningTask, pool: WorkerPool) throws(TrainingError) -> EvaluationResult {
    let (metrics, count) = try gather(pool, counting: task)
    guard var count else { preconditionFailure("what a task reports is counted") }
    count.worst.name(source.name)
    return EvaluationResult(metrics: metrics, parts: task.report(count.states) + [.images(count.worst)])
  }

  /// - Parameter task: whose report is counted; nil counts nothing but losses and scores.
  private func gather(
    _ pool: WorkerPool, counting task: (any LearningTask)?
  ) throws(TrainingError) -> (metrics: Metrics, count: TaskCounter.Count?) {
    for worker in workers {
      do throws(ShapeError) {
        worker.counter = try task.map { (task) throws(ShapeError) in
          let targets = losses.targets(of: source, classNames: []).map(\.shape)
          return try TaskCounter(task, losses, worker.task.network, targets: targets)
        }
      } catch {
        throw TrainingError(.data, error.description)
      }
      worker.results.removeAll(keepingCapacity: true)
      worker.task.network.claimMemory()
    }
    workers[0].task.network.prepare()
    let own = Result { () throws(DataError) in try run(pool) }
    let report: Report =
      switch own {
      case .success: Report(metrics: collect(), count: TaskCounter.Count.merged(workers.compactMap(\.counter?.count)))
      case .failure(let error): Report(failure: error.description)
      }
    let gathered: [Report]
    do {
      gathered = try communicator.allGather(try JSONEncoder.ofNumbers.encode(report).map(\.self)).map {
        try JSONDecoder.ofNumbers.decode(Report.self, from: Data($0))
      }
    } catch {
      throw TrainingError(.run, "the results of the evaluation could not be gathered: \(error)")
    }
    if let failure = gathered.compactMap(\.failure).first { throw TrainingError(.data, failure, isShared: true) }
    return (sum(gathered), TaskCounter.Count.merged(gathered.compactMap(\.count)))
  }

  /// The findings of a rank: the metrics of its shards, batch by batch.
  private struct Report: Codable {
    var metrics: [Metrics] = []
    var count: TaskCounter.Count?
    var failure: String?
  }

  private func run(_ pool: WorkerPool) throws(DataError) {
    let loader = Loader(
      source, inputs: inputs, targets: workers[0].task.losses.targetColumns(of: source),
      cuts: workers[0].task.network.plan.inputCuts, sampler: sampler, shards: shards,
      preparation: preparation, to: source.count, ahead: Evaluator.ahead)
    let first = shards.lowerBound
    let workers = workers
    while let batch = try loader.next() {
      pool.run { index in
        for shard in workers[index].shards { workers[index].evaluate(batch.shards[shard - first]) }
      }
    }
  }

  /// The metrics of this rank's shards: for each batch, shard by shard.
  private func collect() -> [Metrics] {
    let batches = sampler.batchesPerEpoch
    return (0..<batches).flatMap { batch in
      workers.flatMap { $0.results[batch * $0.shards.count..<(batch + 1) * $0.shards.count] }
    }
  }

  private func sum(_ reports: [Report]) -> Metrics {
    var total = Metrics()
    for batch in 0..<sampler.batchesPerEpoch {
      for report in reports {
        let count = report.metrics.count / sampler.batchesPerEpoch
        for metrics in report.metrics[batch * count..<(batch + 1) * count] { total += metrics }
      }
    }
    return total
  }
}
