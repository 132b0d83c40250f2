import Communication
import Networks
import Tensors
import Training

/// Times what it takes to sum the gradients of a network over all ranks, with nothing else to do: by the fixed tree, in
/// one piece and in buckets, and by MPI's own sum, whose order of additions depends on the number of ranks.
struct ExchangeBench {
  private let communicator: any Communicator
  private let gradients: Buffer
  private let exchanges: [(name: String, run: () throws(CommunicationError) -> Void)]

  /// Collective. One shard per rank.
  init(_ graph: Graph, _ communicator: any Communicator) throws(CommunicationError) {
    self.communicator = communicator
    let tree = ShardTree(shards: communicator.size)
    let gradients = Buffer(count: ParameterTable(graph).gradientCount)
    self.gradients = gradients
    gradients.fill(1)
    let sums = [NodeSum(tree.leaf(communicator.rank), gradients)]
    let whole = BlockingReducer(tree: tree, sums: sums, channels: try ReductionChannels(communicator))
    let buckets = OverlappedReducer(tree: tree, sums: sums, channels: try ReductionChannels(communicator))
    let short = OverlappedReducer(
      tree: tree, sums: sums, channels: try ReductionChannels(communicator, precision: .bfloat16))
    exchanges = [
      ("MPI_Iallreduce", { () throws(CommunicationError) in try communicator.allReduceSum(gradients) }),
      ("tree", { () throws(CommunicationError) in try whole.finish() }),
      ("tree, in buckets", { () throws(CommunicationError) in try buckets.finish() }),
      ("tree, in buckets of bfloat16", { () throws(CommunicationError) in try short.finish() }),
    ]
  }

  /// A table of the middle times of `repetitions` rounds, in each of which all take their turn.
  func run(repetitions: Int) throws(CommunicationError) -> String {
    var times = exchanges.map { _ in [Double]() }
    for round in 0...repetitions {
      for (index, exchange) in exchanges.enumerated() {
        // Sums of sums would grow to infinity.
        gradients.fill(1)
        try communicator.barrier()
        let start = ContinuousClock.now
        try exchange.run()
        try communicator.barrier()
        if round > 0 { times[index].append((ContinuousClock.now - start) / .milliseconds(1)) }
      }
    }
    let medians = times.map { StepTimes.median($0) }
    var table = TextTable([("exchange", .left), ("ms", .right), ("of MPI_Iallreduce", .right)])
    for ((name, _), median) in zip(exchanges, medians) {
      table.add([name, "\((median * 100).rounded() / 100)", "\(Int((100 * median / medians[0]).rounded())) %"])
    }
    return "\(gradients.count) gradients, \(communicator.size) ranks\n\n\(table.text)"
  }
}
