import Communication
import Kernels
import Tensors

/// Looks whether summed gradients are finite: each rank at its part of them, with all its workers. Together the ranks
/// look at everything. Of gradients that are kept as factors each rank looks at those of its shards.
final class GradientCheck: @unchecked Sendable {
  /// Off only to measure what it costs.
  var isOn = true
  private let pool: WorkerPool
  /// What each worker found: 0 or 1, on cache lines of their own.
  private let results: Buffer
  private var work: (@Sendable (Int) -> Void)?

  init(_ gradients: Buffer, _ factors: FactoredGradients?, _ communicator: any Communicator, pool: WorkerPool) {
    self.pool = pool
    let results = Buffer(count: 16 * pool.count)
    self.results = results
    let own = ShardTree.share(communicator.rank, of: communicator.size, in: 0..<gradients.count)
    let parts = (0..<pool.count).map { gradients[ShardTree.share($0, of: pool.count, in: own)] }
    work = { [count = pool.count] worker in
      let isFinite = parts[worker].isFinite && factors?.isFinite(part: worker, of: count) ?? true
      results[16 * worker] = isFinite ? 0 : 1
    }
  }

  /// Whether all of this rank's part is finite.
  func run() -> Bool {
    guard isOn else { return true }
    pool.run(work!)
    return (0..<pool.count).allSatisfy { results[16 * $0] == 0 }
  }
}

/// The result of a step.
struct StepResult {
  /// Of the whole batch, before the update.
  var metrics: StepMetrics
  /// Whether loss, gradients and statistics of all ranks are finite: the same on all of them.
  let isFinite: Bool

  /// - Parameters:
  ///   - numbers: over all shards, of what `ShardTask.finishForward` wrote.
  ///   - sums: places of `numbers` that are sums; behind them are words.
  init(_ numbers: Buffer, sums: Int, samples: Int) {
    metrics = StepMetrics(
      lossSum: Double(numbers[0]), samples: samples, sums: numbers[2..<sums], words: numbers[sums..<numbers.count])
    isFinite = numbers[0].isFinite && numbers[1] == 0
  }
}
