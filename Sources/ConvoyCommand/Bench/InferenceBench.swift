import Communication
import Networks
import Tensors
import Training

/// Times forward passes of a rank's shards.
struct InferenceBench {
  private let session: Session
  private let pool: WorkerPool
  private let workers: [Worker]

  /// The shards of one worker.
  private struct Worker: Sendable {
    let network: Network
    let images: [Tensor]
    let live: Int

    func run() {
      for shard in images {
        network.load([shard], live: live)
        network.forward()
      }
    }
  }

  init(_ recipe: Recipe, _ session: Session) throws {
    self.session = session
    guard case .fixed(let threads) = recipe.threads else {
      preconditionFailure("a benchmark says how many threads it has")
    }
    pool = WorkerPool(count: threads)
    let communicator = session.communicator
    workers = try session.agree(.configuration) {
      try recipe.validate()
      let data = try recipe.describeData()
      let model = try recipe.makeModel(for: data)
      // As `forward` and `predict` run it.
      let graph = model.graph.choosingForInference(recipe.convolution)
      let table = ParameterTable(graph)
      let size = recipe.batch / recipe.shards
      let lanes = Layout.lanes(forImages: size)
      var planner = Planner()
      planner.images = size
      let plan = try planner.plan(graph, lanes: lanes, mode: .inference)
      let shards = ShardTree(shards: recipe.shards).shards(ofRank: communicator.rank, of: communicator.size)
      let images = [shards.count, Layout(data.input, lanes: lanes).count, MemoryLayout<Float>.stride].saturatedProduct
      let networks = [threads, plan.arenaBytes].saturatedProduct
      try MemoryState.require(
        table.bytes.saturatedSum(networks).saturatedSum(images), processes: communicator.localSize,
        for: "inference of '\(model.graph.name)'", remedy: "give a smaller --batch or fewer --threads")
      let weights = Weights(table)
      try model.initialize(weights, seed: recipe.seed)
      return (0..<threads).map { worker in
        let images = ShardTree.share(worker, of: threads, in: shards).map { shard in
          let images = Tensor(data.input, lanes: lanes)
          var random = RandomStream(seed: 0, purpose: .synthesis, minor: shard)
          for lane in 0..<size { images.setSample(lane, (0..<data.input.count).map { _ in random.uniform() }) }
          return images
        }
        return Worker(network: Network(plan, weights: weights), images: images, live: size)
      }
    }
    for worker in workers { worker.network.prepare() }
  }

  /// - Parameter trace: where a picture of the last step goes, which then is slower than the others.
  func run(steps: Int, trace: String?) throws -> StepTimes {
    var times = StepTimes()
    let (workers, communicator) = (workers, session.communicator)
    for step in 0..<StepTimes.warmUp + steps {
      try communicator.barrier()
      let start = ContinuousClock.now
      if trace != nil, step == StepTimes.warmUp + steps - 1 {
        for worker in workers { worker.network.timeline = Timeline(origin: start) }
      }
      pool.run { workers[$0].run() }
      try communicator.barrier()
      if step == 0 { times.firstStep = ProcessStatistics.age }
      if step >= StepTimes.warmUp { times.steps.append((ContinuousClock.now - start) / .seconds(1)) }
    }
    if let trace {
      let picture = try ChromeTrace(workers.compactMap(\.network.timeline), communicator)
      try session.agree(.data) { if session.isFirst { try picture.write(to: trace) } }
    }
    return times
  }
}
