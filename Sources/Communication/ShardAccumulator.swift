public import Tensors

/// Sums the gradients of a worker's shards up the tree as they are computed, in about log2(shards) buffers.
///
/// For each shard in turn: write its gradients into `bufferForNextShard`, report the growing prefix that is final with
/// `gradientsReady(upTo:)` where it is known early, and call `finishShard()`. After the last shard, `sums` hold one sum
/// for each maximal node of the range; a prefix of them is final as soon as it was reported for the last shard. Used by
/// one thread at a time; nothing is allocated after `init`.
public final class ShardAccumulator: @unchecked Sendable {
  /// The worker's shards.
  public let shards: Range<Int>
  /// Floats of a gradient.
  public let count: Int
  /// The maximal nodes of the range and where their sums arrive. The buffers are the same in every step.
  public let sums: [NodeSum]

  private let precision: GradientPrecision
  private let buffers: [Buffer]
  /// For each shard: the buffer it is written to, and how many additions follow.
  private let places: [(buffer: Int, additions: Int)]
  private var finished = 0
  private var summed = 0

  /// - Parameter precision: what the gradients of every shard and every sum of them are rounded to.
  public init(tree: ShardTree, shards: Range<Int>, count: Int, precision: GradientPrecision = .float32) {
    (self.shards, self.count, self.precision) = (shards, count, precision)
    let (stack, places) = ShardAccumulator.places(tree, shards)
    let buffers = (0..<ShardAccumulator.bufferCount(tree: tree, shards: shards)).map { _ in Buffer(count: count) }
    (self.buffers, self.places) = (buffers, places)
    sums = zip(stack, buffers).map { NodeSum($0, $1) }
  }

  /// Buffers that the shards of a worker take.
  public static func bufferCount(tree: ShardTree, shards: Range<Int>) -> Int {
    places(tree, shards).places.map { $0.buffer + 1 }.max() ?? 0
  }

  /// For each shard of a batch in turn: how many sums of two are complete with it.
  public static func additions(tree: ShardTree) -> [Int] { places(tree, 0..<tree.shards).places.map(\.additions) }

  /// The nodes that remain, and for each shard its buffer and the additions that follow.
  private static func places(
    _ tree: ShardTree, _ shards: Range<Int>
  ) -> (nodes: [ShardTree.Node], places: [(buffer: Int, additions: Int)]) {
    var stack: [ShardTree.Node] = []
    var places: [(buffer: Int, additions: Int)] = []
    for shard in shards {
      stack.append(tree.leaf(shard))
      places.append((stack.count - 1, 0))
      while stack.count > 1, let parent = tree.parent(stack[stack.count - 2], stack[stack.count - 1]) {
        stack.removeLast(2)
        stack.append(parent)
        places[places.count - 1].additions += 1
      }
    }
    return (stack, places)
  }

  /// Buffers in use.
  public var bufferCount: Int { buffers.count }

  /// Prepares for the next step.
  public func begin() { (finished, summed) = (0, 0) }

  /// Where the gradients of the next shard are to be written, every float of them.
  public var bufferForNextShard: Buffer {
    precondition(finished < places.count, "all \(places.count) shards are finished")
    return buffers[places[finished].buffer]
  }

  /// Sums the first `upTo` gradients of the current shard up the tree; they will not be written again.
  public func gradientsReady(upTo: Int) {
    precondition(finished < places.count, "all \(places.count) shards are finished")
    precondition(upTo <= count)
    guard upTo > summed else { return }
    let place = places[finished]
    (summed..<upTo).forEachBlock { block in
      buffers[place.buffer].round(to: precision, range: block)
      for addition in 0..<place.additions {
        let right = place.buffer - addition
        buffers[right - 1].add(buffers[right], range: block)
        buffers[right - 1].round(to: precision, range: block)
      }
    }
    summed = upTo
  }

  /// The current shard is complete.
  public func finishShard() {
    gradientsReady(upTo: count)
    finished += 1
    summed = 0
  }
}
