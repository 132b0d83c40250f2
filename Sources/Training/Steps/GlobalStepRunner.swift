import Communication
import Datasets
import Networks
import Tensors

/// Steps in which all shards meet on the way: at each batch normalisation (`normalization: global`), or at a loss whose
/// sums are over the whole batch (`denominator: batch`), forward and backward. A rank keeps one network per shard.
final class GlobalStepRunner: StepRunner, @unchecked Sendable {
  private let pool: WorkerPool
  private let shards: Range<Int>
  private let tasks: [ShardTask]
  private let sums: [NodeSum]
  private let statistics: ShardReduction
  /// Places of the statistics that are sums.
  private let sumCount: Int
  /// One for each layer that pools, in order.
  private let pooledMoments: [ShardReduction]
  private let pooledSums: [ShardReduction]
  private let channels: [Range<Int>]
  /// Of normalisations that keep to their shards, whose moving statistics still follow all of them.
  private let shardMoments: ShardReduction?
  let reducer: any GradientReducer
  let check: GradientCheck
  let factors: FactoredGradients?
  private let gathering: ShardGathering?
  private let supervision: Supervision

  private var batch: LoadedBatch?
  private var step = 0
  private var scale: Float = 0
  /// Gradients that are final in all networks.
  private var readyCount = 0
  private var forwardWork: (@Sendable (Int) -> Void)?
  private var backwardWork: (@Sendable (Int) -> Void)?
  private var isFirst = false

  /// Collective.
  ///
  /// - Parameter arenaCount: floats of a network's memory, at least those of the plan.
  init(
    plan: Plan, arenaCount: Int, weights: Weights, tree: ShardTree, communicator: any Communicator, pool: WorkerPool,
    seed: UInt64, recipe: Recipe, losses: [TrainingLoss]
  ) throws(CommunicationError) {
    self.pool = pool
    supervision = communicator.supervision
    shards = tree.shards(ofRank: communicator.rank, of: communicator.size)
    tasks = shards.map { _ in
      ShardTask(
        network: Network(plan, weights: weights, arena: Arena(count: arenaCount)), seed: seed, losses: losses)
    }
    sums = shards.map { NodeSum(tree.leaf($0), Buffer(count: weights.table.gradientCount)) }
    for (task, sum) in zip(tasks, sums) { task.network.shard.gradients = sum.buffer }
    gathering = try plan.factors.gathering(tree: tree, communicator: communicator)
    for (task, shard) in zip(tasks, shards) {
      if let gathering { task.network.shard.factors = gathering.value(ofShard: shard) }
    }
    reducer = try recipe.makeReducer(tree: tree, sums: sums, gathering, weights.table, communicator: communicator)
    factors = gathering.map { FactoredGradients(plan.factors, tree: tree, $0) }
    check = GradientCheck(sums[0].buffer, factors, communicator, pool: pool)
    sumCount = losses.sumCount
    statistics = ShardReduction(
      tree: tree, count: losses.exchangeCount, operation: .sumAndWords(from: losses.sumCount),
      communicator: communicator)
    channels = plan.steps.filter(\.pausesForPooling).map(\.pooledChannels)
    let pooledCount = channels.reduce(0) { $0 + $1.count }
    shardMoments =
      pooledCount == plan.pooledChannelCount
      ? nil
      : ShardReduction(
        tree: tree, count: 3 * plan.pooledChannelCount, operation: .moments, communicator: communicator)
    pooledMoments = channels.map {
      ShardReduction(tree: tree, count: 3 * $0.count, operation: .moments, communicator: communicator)
    }
    pooledSums = channels.map {
      ShardReduction(tree: tree, count: 2 * $0.count, operation: .sum, communicator: communicator)
    }
    forwardWork = { [unowned self] worker in runForward(worker) }
    backwardWork = { [unowned self] worker in runBackward(worker) }
  }

  var gradients: Buffer { sums[0].buffer }
  var networks: [Network] { tasks.map(\.network) }
  var network: Network { tasks[0].network }
  var moments: ChannelMoments { shardMoments.map { ChannelMoments($0.result) } ?? network.moments }

  func record(on timelines: [Timeline]) {
    for worker in 0..<pool.count {
      for index in ShardTree.share(worker, of: pool.count, in: shards) {
        tasks[index - shards.lowerBound].network.timeline = timelines.isEmpty ? nil : timelines[worker]
      }
    }
    reducer.timeline = timelines.first
  }

  func run(_ batch: LoadedBatch, step: Int, samples: Int) throws(CommunicationError) -> StepResult {
    network.beginStep()
    (self.batch, self.step, scale, readyCount) = (batch, step, 1 / Float(samples), 0)
    isFirst = true
    for (position, channels) in channels.enumerated() {
      pool.run(forwardWork!)
      isFirst = false
      try poolMoments(channels, pooledMoments[position])
    }
    pool.run(forwardWork!)
    isFirst = true
    for (position, channels) in channels.enumerated().reversed() {
      pool.run(backwardWork!)
      isFirst = false
      try reducer.gradientsReady(upTo: readyCount)
      try poolSums(channels, pooledSums[position])
    }
    pool.run(backwardWork!)
    self.batch = nil
    supervision.enter(.exchanging)
    try reducer.finish()
    if !check.run() { statistics.value(ofShard: shards.lowerBound)[1] = 1 }
    try statistics.reduce()
    try shardMoments?.reduce()
    return StepResult(statistics.result, sums: sumCount, samples: samples)
  }

  func findNonFinite(_ batch: LoadedBatch, step: Int) -> NonFiniteFinding? {
    for (task, shard) in zip(tasks, batch.shards) {
      // What all shards together came to in the step, so that no rank waits for another.
      let pooled = Buffer(task.network.momentStorage.values)
      if let finding = NonFiniteFinding.find(in: shard, task, step: step, pooled: pooled) { return finding }
    }
    return nil
  }

  /// Runs a worker's networks up to the next layer that pools, or to the loss.
  private func runForward(_ worker: Int) {
    for index in ShardTree.share(worker, of: pool.count, in: shards) {
      let task = tasks[index - shards.lowerBound]
      let shard = batch!.shards[index - shards.lowerBound]
      guard shard.liveCount > 0 else { continue }
      if isFirst {
        task.load(shard, step: step)
        task.network.beginForward()
      }
      if task.network.forwardToPooling() == nil {
        shardMoments?.value(ofShard: index).copy(from: task.network.momentStorage)
        task.finishForward(shard, scale: scale, into: statistics.value(ofShard: index))
      }
    }
  }

  /// Runs a worker's networks down to the next layer that pools, or to the end.
  private func runBackward(_ worker: Int) {
    for index in ShardTree.share(worker, of: pool.count, in: shards) {
      let task = tasks[index - shards.lowerBound]
      guard batch!.shards[index - shards.lowerBound].liveCount > 0 else {
        // An empty shard has no gradients and nothing to say.
        if isFirst {
          sums[index - shards.lowerBound].buffer.fill(0)
          if let gathering { network.plan.factors.clear(gathering.value(ofShard: index)) }
          statistics.value(ofShard: index).fill(0)
          shardMoments?.value(ofShard: index).fill(0)
        }
        continue
      }
      if isFirst { task.network.beginBackward() }
      _ = task.network.backwardToPooling { count in
        if index == shards.lowerBound { readyCount = count }
      }
    }
  }

  private func poolMoments(_ channels: Range<Int>, _ reduction: ShardReduction) throws(CommunicationError) {
    for (index, task) in zip(shards, tasks) {
      let value = reduction.value(ofShard: index)
      if batch!.shards[index - shards.lowerBound].liveCount == 0 {
        value.fill(0)
      } else {
        ChannelMoments(value).copy(from: task.network.moments[channels])
      }
    }
    try reduction.reduce()
    let pooled = ChannelMoments(reduction.result)
    for task in tasks { task.network.moments[channels].copy(from: pooled) }
  }

  private func poolSums(_ channels: Range<Int>, _ reduction: ShardReduction) throws(CommunicationError) {
    let range = 2 * channels.lowerBound..<2 * channels.upperBound
    for (index, task) in zip(shards, tasks) {
      let value = reduction.value(ofShard: index)
      if batch!.shards[index - shards.lowerBound].liveCount == 0 {
        value.fill(0)
      } else {
        value.copy(from: task.network.gradientSums[range])
      }
    }
    try reduction.reduce()
    for task in tasks { task.network.gradientSums[range].copy(from: reduction.result) }
  }
}
