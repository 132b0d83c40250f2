import Tensors

/// A stage of the arena and the time during which its contents matter.
///
/// Time runs through the steps of a training step: forward of node n at n, the loss at N, backward of node n at 2N - n.
public struct Storage: Sendable {
  /// What the storage is for, in a word: `conv2d`, `conv2d gradient`, `conv2d scratch`.
  public let label: String
  /// Floats.
  public let count: Int
  public let start: Int
  public let end: Int
  /// Floats from the start of the arena; set by the planner last.
  public var offset = 0
  /// Whether another storage uses some of the same floats at another time.
  public var isShared = false

  public var range: Range<Int> { offset..<offset + count }

  /// For how long it lives.
  var length: Int { min(end, 1 << 20) - start + 1 }

  func meets(_ other: Storage) -> Bool { start <= other.end && other.start <= end }
}

/// Places storages in as little memory as greedy rules find: in one order or another, each in the lowest gap between
/// those that live at the same time (Pisarchyk and Lee, "Efficient memory management for deep neural net inference",
/// 2020).
struct Allocator {
  /// Floats between storages that are used at the same time, so that tests can put guards there.
  var gap = 0

  /// - Returns: floats of the arena.
  func place(_ storages: inout [Storage]) -> Int {
    // The largest first, those that live longest, or both together: none is the best for every network.
    let keys: [(Storage) -> Int] = [\.count, \.length, { $0.count * $0.length }]
    let trials = keys.map { key in
      var trial = storages
      return (total: place(&trial, by: key), storages: trial)
    }
    let best = trials.reduce(trials[0]) { $1.total < $0.total ? $1 : $0 }
    storages = best.storages
    return best.total
  }

  private func place(_ storages: inout [Storage], by key: (Storage) -> Int) -> Int {
    let order = storages.indices.filter { storages[$0].count > 0 }.sorted {
      (key(storages[$1]), storages[$1].count, $0) < (key(storages[$0]), storages[$0].count, $1)
    }
    var placed: [Int] = []
    var total = 0
    for index in order {
      let needed = storages[index].count + gap
      var offset = 0
      for other in placed where storages[other].meets(storages[index]) {
        if storages[other].offset - offset >= needed { break }
        offset = max(offset, rounded(storages[other].range.upperBound + gap))
      }
      storages[index].offset = offset
      total = max(total, offset + needed)
      let position = placed.firstIndex { storages[$0].offset > offset } ?? placed.endIndex
      placed.insert(index, at: position)
    }
    for (position, index) in placed.enumerated() {
      for other in placed[(position + 1)...] {
        if storages[other].offset >= storages[index].range.upperBound { break }
        storages[index].isShared = true
        storages[other].isShared = true
      }
    }
    return total
  }

  private func rounded(_ offset: Int) -> Int {
    (offset + Layout.laneMultiple - 1) / Layout.laneMultiple * Layout.laneMultiple
  }
}
