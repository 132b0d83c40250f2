import Kernels
package import Tensors

extension Network {
  /// Where a number first is infinite or not a number.
  package struct Finding {
    /// Position among the layers, in the order in which they run.
    package let position: Int
    package let layer: String
    /// Lanes with such numbers.
    package let lanes: [Int]
  }

  /// Runs forward on inputs that have been written, and looks at the output of every layer.
  ///
  /// - Parameter pooled: moments to use instead of the shard's own, where statistics are pooled.
  /// - Returns: the first output with such numbers in live lanes; nil where all are finite.
  package func examine(pooled: Buffer? = nil) -> Finding? {
    beginForward()
    // By position.
    var lanes: [Int: Set<Int>] = [:]
    while cursor < forwardTurns.count, lanes.isEmpty {
      let channels = forward(pausing: pooled != nil, before: cursor + 1) { step, pass in
        let strips = plan.steps[step].strips
        let found = calls[step].forwardPasses[pass].outputs
          .flatMap { $0.nonFiniteLanes(live: shard.live * strips) }.map { $0 / strips }
        if !found.isEmpty { lanes[step, default: []].formUnion(found) }
      }
      if let channels, let pooled { moments[channels].copy(from: ChannelMoments(pooled)[channels]) }
    }
    guard let position = lanes.keys.min() else { return nil }
    return Finding(position: position, layer: plan.steps[position].name, lanes: lanes[position]!.sorted())
  }
}

extension Tensor {
  /// The lanes below `live` with a number that is infinite or not one.
  package func nonFiniteLanes(live: Int) -> [Int] {
    var lanes: Set<Int> = []
    for channel in 0..<layout.channels {
      for depth in 0..<layout.depth {
        for height in 0..<layout.height {
          let start = layout.offset(lane: 0, depth: depth, height: height, width: 0, channel: channel)
          let row = storage[start..<start + layout.width * self.lanes]
          // Dead lanes may hold anything.
          guard !row.isFinite else { continue }
          for index in 0..<row.count where index % self.lanes < live && !row[index].isFinite {
            lanes.insert(index % self.lanes)
          }
        }
      }
    }
    return lanes.sorted()
  }
}
