import Foundation
import Tensors

/// Times one network with every sensible split of a machine's processors into ranks and threads.
struct HybridTrial {
  let model: String
  let batch: Int
  let processors: Int

  struct Result {
    let ranks: Int
    let threads: Int
    let imagesPerSecond: Double
    /// Bytes over all ranks.
    let memory: Int
  }

  /// All pairs whose product is the number of processors and that divide the batch.
  var splits: [(ranks: Int, threads: Int)] {
    (1...processors).filter { processors.isMultiple(of: $0) && batch.isMultiple(of: $0) }
      .map { (ranks: $0, threads: processors / $0) }
  }

  func run(_ split: (ranks: Int, threads: Int), launcher: String) throws -> Result {
    let shards = max(processors, batch / Layout.laneMultiple)
    let arguments = [
      "--bind-to", "none", "-n", "\(split.ranks)", Executable.own, "bench", model, "--threads", "\(split.threads)",
      "--batch", "\(batch / split.ranks)", "--shards", "\(shards)",
    ]
    let environment = [
      "OPENBLAS_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    ]
    let line = try Executable.output(launcher, arguments, environment: environment)
    let fields = try JSONDecoder().decode(Fields.self, from: Data(line.utf8))
    return Result(
      ranks: split.ranks, threads: split.threads, imagesPerSecond: fields.images_per_second,
      memory: split.ranks * fields.peak_rss_mb << 20)
  }

  /// Of the line that `convoy bench` prints.
  private struct Fields: Decodable {
    let images_per_second: Double
    let peak_rss_mb: Int
  }
}
