public import Communication
public import Datasets
public import Networks
public import Tensors

/// Runs all samples of a source through a network once, shared out among the ranks, and hands the outputs to every
/// rank.
public final class FeatureExtractor {
  /// Batches prepared before they are asked for.
  static let ahead = 1

  private final class Worker: @unchecked Sendable {
    let network: Network
    let shards: Range<Int>

    init(_ network: Network, shards: Range<Int>) { (self.network, self.shards) = (network, shards) }

    /// - Parameter rows: of all shards, one after the other.
    func run(_ shard: LoadedShard, shardSize: Int, into rows: Buffer) {
      guard shard.liveCount > 0 else { return }
      network.load(shard.inputs, live: shard.liveCount)
      network.forward()
      let (output, size) = (network.outputs[0], network.outputs[0].shape.count)
      for lane in 0..<shard.liveCount {
        let start = (shard.index * shardSize + lane) * size
        rows[start..<start + size].replace(with: output.sample(lane))
      }
    }
  }

  private let communicator: any Communicator
  private let vote: Vote
  private let pool: WorkerPool
  private let shardSize: Int
  private let shards: Range<Int>
  private let workers: [Worker]

  /// Floats of what is made of one sample.
  private var size: Int { workers[0].network.outputs[0].shape.count }

  /// - Parameters:
  ///   - plan: of a graph with one output, which gives the same in training and at inference.
  ///   - shardSize: images that run through the network at once.
  public init(_ plan: Plan, weights: Weights, communicator: any Communicator, pool: WorkerPool, shardSize: Int) {
    (self.communicator, self.pool, self.shardSize) = (communicator, pool, shardSize)
    vote = Vote(communicator)
    let all = pool.count * communicator.size
    let shards = ShardTree(shards: all).shards(ofRank: communicator.rank, of: communicator.size)
    self.shards = shards
    workers = (0..<pool.count).map { worker in
      Worker(Network(plan, weights: weights), shards: ShardTree.share(worker, of: pool.count, in: shards))
    }
  }

  /// Collective: every rank gets all rows, in order; what one of them throws, all throw.
  ///
  /// - Parameters:
  ///   - inputs: the columns that the network takes; nil for the image.
  ///   - views: how often each sample is run, as in the epochs from 0 on.
  ///   - receive: told the first of some rows, and their values.
  public func run(
    _ source: any DataSource, inputs: [String]? = nil, _ preparation: Preparation, views: Int = 1,
    receive: (_ row: Int, _ values: Buffer) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    let all = pool.count * communicator.size
    let sampler = Sampler(count: source.count, batch: shardSize * all, shards: all, shuffledBy: nil)
    let loader = Loader(
      source, inputs: inputs, sampler: sampler, shards: shards, preparation: preparation, to: views * source.count,
      ahead: FeatureExtractor.ahead)
    let rows = Buffer(count: shardSize * all * size)
    let segments = Segments(
      (0..<communicator.size).map { rank in
        let shards = ShardTree(shards: all).shards(ofRank: rank, of: communicator.size)
        return shards.lowerBound * shardSize * size..<shards.upperBound * shardSize * size
      })
    workers[0].network.prepare()
    var failure: TrainingError?
    while true {
      let loaded = try vote.agree { () throws(TrainingError) in
        if let failure { throw failure }
        do throws(DataError) { return try loader.next() } catch { throw TrainingError(.data, error.description) }
      }
      guard let batch = loaded else { return }
      let (workers, first, shardSize) = (workers, shards.lowerBound, shardSize)
      pool.run { index in
        for shard in workers[index].shards {
          workers[index].run(batch.shards[shard - first], shardSize: shardSize, into: rows)
        }
      }
      do throws(CommunicationError) { try communicator.allGather(in: rows, segments: segments) } catch {
        throw TrainingError(.ranks, error.description)
      }
      let sampled = batch.sampled
      do throws(TrainingError) {
        try receive(sampled.epoch * source.count + sampled.position, rows[0..<sampled.draws.count * size])
      } catch {
        // The others hear of it at the next vote.
        failure = error
      }
    }
  }
}
