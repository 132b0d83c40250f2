/// One line of `launch/bench`: the fields of PyTorch's peer script, and some more.
struct BenchReport: Encodable {
  let peer: String
  let model: String
  let ranks: Int
  let batchPerRank: Int
  let threads: Int
  let shards: Int
  let layout = "lanes"
  let bf16 = false
  let infer: Bool
  let stepMedian: Double
  let stepMinimum: Double
  let imagesPerSecond: Double
  let peakMemory: Int
  /// What `MemoryEstimate` says; nil for inference.
  let plannedMemory: Int?
  let firstStep: Double
  /// Milliseconds before the first step, by what they were spent on.
  let startUp: [String: Double]
  let exposed: Double
  let exposedShare: Double
  let checksShare: Double?
  let pollingShare: Double?
  let heartbeatShare: Double?

  private enum CodingKeys: String, CodingKey {
    case peer, model, ranks, threads, shards, layout, bf16, infer
    case batchPerRank = "batch_per_rank"
    case stepMedian = "step_ms_median"
    case stepMinimum = "step_ms_min"
    case imagesPerSecond = "images_per_second"
    case peakMemory = "peak_rss_mb"
    case plannedMemory = "planned_rss_mb"
    case firstStep = "first_step_s"
    case startUp = "start_up_ms"
    case exposed = "exposed_ms"
    case exposedShare = "exposed_share"
    case checksShare = "checks_share"
    case pollingShare = "polling_share"
    case heartbeatShare = "heartbeat_share"
  }

  /// - Parameters:
  ///   - peakMemory: bytes of the largest rank.
  ///   - plannedMemory: bytes that were expected.
  init(
    _ times: StepTimes, model: String, ranks: Int, batchPerRank: Int, threads: Int, shards: Int, infer: Bool,
    peakMemory: Int, plannedMemory: Int?, comparison: Comparison?
  ) {
    let (median, exposed) = (StepTimes.median(times.steps), StepTimes.median(times.exposed))
    peer = "convoy \(RootCommand.version)"
    (self.model, self.ranks, self.batchPerRank, self.threads) = (model, ranks, batchPerRank, threads)
    (self.shards, self.infer) = (shards, infer)
    stepMedian = BenchReport.rounded(median * 1e3, 100)
    stepMinimum = BenchReport.rounded((times.steps.min() ?? 0) * 1e3, 100)
    imagesPerSecond = BenchReport.rounded(Double(batchPerRank * ranks) / median, 100)
    self.peakMemory = peakMemory >> 20
    self.plannedMemory = plannedMemory.map { $0 >> 20 }
    firstStep = BenchReport.rounded(times.firstStep, 100)
    self.exposed = BenchReport.rounded(exposed * 1e3, 1000)
    startUp = times.startUp.mapValues { BenchReport.rounded($0 * 1e3, 10) }
    exposedShare = BenchReport.rounded(exposed / median, 10000)
    let share = times.measuredShare.map { BenchReport.rounded($0, 100_000) }
    (checksShare, pollingShare) = (comparison == .checks ? share : nil, comparison == .polling ? share : nil)
    heartbeatShare = share.map { _ in BenchReport.rounded(times.heartbeatShare, 1_000_000) }
  }

  private static func rounded(_ value: Double, _ parts: Double) -> Double { (value * parts).rounded() / parts }
}
