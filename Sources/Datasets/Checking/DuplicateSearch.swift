/// Finds pairs of images that may be the same, among many: hashes that differ in at most 8 of 63 bits, then the
/// correlation of 16x16 cells.
///
/// Two hashes that differ in 7 bits agree in one of eight bytes at least, so only images with a byte in common are
/// compared.
package struct DuplicateSearch: Sendable {
  /// Two images, and how the second one lies beside the first.
  package struct Pair: Hashable, Sendable, Codable {
    package let first: Int
    package let second: Int
    /// Of `Turn`.
    let turn: Int
  }

  private static let mostBits = 8

  private let hashes: [UInt64]
  private let thumbnails: [[UInt8]]
  /// Images by each byte of their hashes, ascending: byte 0 with value 0, 1, …, then byte 1.
  private let buckets: [[UInt32]]

  /// - Parameter facts: of each image; nil for what takes no part.
  package init(_ facts: [ImageFacts?]) {
    hashes = facts.map { $0?.hash ?? 0 }
    thumbnails = facts.map { $0.map { [UInt8]($0.thumbnail) } ?? [] }
    var buckets = [[UInt32]](repeating: [], count: 8 * 256)
    for (index, hash) in hashes.enumerated() where !thumbnails[index].isEmpty {
      for byte in 0..<8 { buckets[byte << 8 | Int(hash >> UInt64(8 * byte) & 255)].append(UInt32(index)) }
    }
    self.buckets = buckets
  }

  /// Pairs of an image with later ones.
  package func pairs(with first: Int) -> [Pair] {
    guard !thumbnails[first].isEmpty else { return [] }
    let plane = thumbnails[first].map(Float.init)
    var found: [Int: Pair] = [:]
    for turn in Turn.allCases {
      // The other one lies as it does; this one is turned back.
      let turned = turn.turn(plane, side: Thumbnail.smallSide)
      let hash = turn == .none ? hashes[first] : PerceptualHash.hash(turned)
      for byte in 0..<8 {
        let bucket = buckets[byte << 8 | Int(hash >> UInt64(8 * byte) & 255)]
        for place in DuplicateSearch.start(after: first, in: bucket)..<bucket.count {
          let second = Int(bucket[place])
          let difference = hash ^ hashes[second]
          guard difference.nonzeroBitCount <= DuplicateSearch.mostBits,
            // Found by the first byte that they have in common.
            (0..<byte).allSatisfy({ difference >> UInt64(8 * $0) & 255 != 0 }), found[second] == nil
          else { continue }
          let other = thumbnails[second].map(Float.init)
          if ImageComparison.correlation(turned, other) >= ImageComparison.candidateCorrelation {
            found[second] = Pair(first: first, second: second, turn: turn.rawValue)
          }
        }
      }
    }
    return found.values.sorted { $0.second < $1.second }
  }

  /// The first place of a later image.
  private static func start(after image: Int, in bucket: [UInt32]) -> Int {
    var (low, high) = (0, bucket.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(bucket[middle]) <= image { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
