import Datasets
import Networks
import Tensors

/// Where a rank found the first number that is infinite or not one.
struct NonFiniteFinding: Codable {
  let shard: Int
  /// -1 for the images, then the layers in the order in which they run.
  let position: Int
  /// `the output of layer 'conv2d'`
  let place: String
  let samples: [UInt32]

  /// Runs a shard forward once more and looks at everything; nil where all of it is finite.
  static func find(in shard: LoadedShard, _ task: ShardTask, step: Int, pooled: Buffer? = nil) -> NonFiniteFinding? {
    guard shard.liveCount > 0 else { return nil }
    func samples(_ lanes: [Int]) -> [UInt32] { lanes.map { shard.samples[$0] } }
    let lanes = shard.inputs.flatMap { $0.nonFiniteLanes(live: shard.liveCount) }
    if !lanes.isEmpty {
      return NonFiniteFinding(shard: shard.index, position: -1, place: "the input", samples: samples(lanes))
    }
    task.load(shard, step: step)
    return task.network.examine(pooled: pooled).map {
      NonFiniteFinding(
        shard: shard.index, position: $0.position, place: "the output of layer '\($0.layer)'",
        samples: samples($0.lanes))
    }
  }

  /// `the output of layer 'conv2d', of shard 3 with samples 17, 4 and 12 more`
  var description: String {
    let shown = samples.prefix(6).map(String.init).joined(separator: ", ")
    let rest = samples.count > 6 ? " and \(samples.count - 6) more" : ""
    return "\(place) is not finite for \(samples.count == 1 ? "sample" : "samples") \(shown)\(rest) of shard \(shard)"
  }
}
