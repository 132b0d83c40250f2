import Communication
import Datasets
import Networks
import Synchronization
import Tensors

/// Steps in which every shard stands for itself (`normalization: shard`): each worker has one network and runs its
/// shards through it one after the other, summing gradients up the tree; buckets that are final go out while the last
/// shards still run backward.
final class ShardStepRunner: StepRunner, @unchecked Sendable {
  private let pool: WorkerPool
  private let shards: Range<Int>
  private let tasks: [ShardTask]
  private let accumulators: [ShardAccumulator]
  /// How many gradients each worker has made final.
  private let ready: [Progress]
  private let statistics: ShardReduction
  /// Places of the statistics that are sums.
  private let sumCount: Int
  private let pooledMoments: ShardReduction?
  let reducer: any GradientReducer
  let check: GradientCheck
  let factors: FactoredGradients?
  private let gathering: ShardGathering?
  private let supervision: Supervision
  private var work: (@Sendable (Int) -> Void)?

  private var batch: LoadedBatch?
  private var step = 0
  private var scale: Float = 0
  private var failure: CommunicationError?

  final class Progress: Sendable { let count = Atomic(0) }

  /// Collective.
  ///
  /// - Parameter arenaCount: floats of a network's memory, at least those of the plan.
  init(
    plan: Plan, arenaCount: Int, weights: Weights, tree: ShardTree, communicator: any Communicator, pool: WorkerPool,
    seed: UInt64, recipe: Recipe, losses: [TrainingLoss]
  ) throws(CommunicationError) {
    self.pool = pool
    supervision = communicator.supervision
    let shards = tree.shards(ofRank: communicator.rank, of: communicator.size)
    self.shards = shards
    tasks = (0..<pool.count).map { _ in
      ShardTask(
        network: Network(plan, weights: weights, arena: Arena(count: arenaCount)), seed: seed, losses: losses)
    }
    accumulators = (0..<pool.count).map { worker in
      ShardAccumulator(
        tree: tree, shards: ShardTree.share(worker, of: pool.count, in: shards), count: weights.table.gradientCount,
        precision: recipe.gradients)
    }
    ready = (0..<pool.count).map { _ in Progress() }
    let sums = accumulators.flatMap(\.sums)
    gathering = try plan.factors.gathering(tree: tree, communicator: communicator)
    reducer = try recipe.makeReducer(tree: tree, sums: sums, gathering, weights.table, communicator: communicator)
    gradients = sums[0].buffer
    factors = gathering.map { FactoredGradients(plan.factors, tree: tree, $0) }
    check = GradientCheck(gradients, factors, communicator, pool: pool)
    sumCount = losses.sumCount
    statistics = ShardReduction(
      tree: tree, count: losses.exchangeCount, operation: .sumAndWords(from: losses.sumCount),
      communicator: communicator)
    let channels = plan.pooledChannelCount
    pooledMoments =
      channels == 0
      ? nil : ShardReduction(tree: tree, count: 3 * channels, operation: .moments, communicator: communicator)
    moments = ChannelMoments(pooledMoments?.result ?? .empty)
    work = { [unowned self] worker in run(worker) }
  }

  let gradients: Buffer
  let moments: ChannelMoments
  var networks: [Network] { tasks.map(\.network) }
  var network: Network { tasks[0].network }

  func record(on timelines: [Timeline]) {
    for (worker, task) in tasks.enumerated() { task.network.timeline = timelines.isEmpty ? nil : timelines[worker] }
    reducer.timeline = timelines.first
  }

  func run(_ batch: LoadedBatch, step: Int, samples: Int) throws(CommunicationError) -> StepResult {
    network.beginStep()
    (self.batch, self.step, scale, failure) = (batch, step, 1 / Float(samples), nil)
    for progress in ready { progress.count.store(0, ordering: .relaxed) }
    pool.run(work!)
    self.batch = nil
    if let failure { throw failure }
    supervision.enter(.exchanging)
    try reducer.finish()
    if !check.run() { statistics.value(ofShard: shards.lowerBound)[1] = 1 }
    try statistics.reduce()
    try pooledMoments?.reduce()
    return StepResult(statistics.result, sums: sumCount, samples: samples)
  }

  func findNonFinite(_ batch: LoadedBatch, step: Int) -> NonFiniteFinding? {
    batch.shards.lazy.compactMap { NonFiniteFinding.find(in: $0, self.tasks[0], step: step) }.first
  }

  private func run(_ worker: Int) {
    let accumulator = accumulators[worker]
    accumulator.begin()
    for index in accumulator.shards {
      let shard = batch!.shards[index - shards.lowerBound]
      let isLast = index == accumulator.shards.upperBound - 1
      if shard.liveCount == 0 {
        accumulator.bufferForNextShard.fill(0)
        if let gathering { network.plan.factors.clear(gathering.value(ofShard: index)) }
        statistics.value(ofShard: index).fill(0)
        pooledMoments?.value(ofShard: index).fill(0)
      } else {
        run(tasks[worker], shard, accumulator, worker: worker, isLast: isLast)
      }
      accumulator.finishShard()
    }
    announce(accumulator.count, worker: worker)
  }

  private func run(_ task: ShardTask, _ shard: LoadedShard, _ accumulator: ShardAccumulator, worker: Int, isLast: Bool)
  {
    let network = task.network
    network.shard.gradients = accumulator.bufferForNextShard
    if let gathering { network.shard.factors = gathering.value(ofShard: shard.index) }
    task.load(shard, step: step)
    network.forward()
    pooledMoments?.value(ofShard: shard.index).copy(from: network.momentStorage)
    task.finishForward(shard, scale: scale, into: statistics.value(ofShard: shard.index))
    network.backward { count in
      accumulator.gradientsReady(upTo: count)
      if isLast { announce(count, worker: worker) }
    }
  }

  /// Tells the reducer, on the calling thread of the pool only, how many gradients all workers have made final.
  private func announce(_ count: Int, worker: Int) {
    ready[worker].count.store(count, ordering: .releasing)
    guard worker == 0, failure == nil else { return }
    var final = count
    for progress in ready { final = min(final, progress.count.load(ordering: .acquiring)) }
    do { try reducer.gradientsReady(upTo: final) } catch { failure = error }
  }
}
