/// Counter-based random numbers: the same values for the same seed, purpose and position, whatever ran before and
/// wherever.
///
/// Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). The key is the
/// seed; the counter is (block, purpose and item, major, minor), so streams of different positions never overlap.
public struct RandomStream: RandomNumberGenerator, Sendable {
  public enum Purpose: UInt32, Sendable {
    case initialization = 1
    case shuffling = 2
    case augmentation = 3
    case dropout = 4
    case synthesis = 5
    case splitting = 6
    case oversampling = 7
  }

  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var block = SIMD4<UInt32>()
  private var used = 4

  /// - Parameters:
  ///   - item: what the purpose distinguishes, such as the layer; below 2^24.
  ///   - major: an epoch or a step.
  ///   - minor: a sample.
  public init(seed: UInt64, purpose: Purpose, item: Int = 0, major: Int = 0, minor: Int = 0) {
    key = RandomStream.key(seed: seed)
    counter = [
      0, RandomStream.word(purpose: purpose, item: item), UInt32(truncatingIfNeeded: major),
      UInt32(truncatingIfNeeded: minor),
    ]
  }

  public static func key(seed: UInt64) -> SIMD2<UInt32> {
    [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
  }

  /// The second counter word.
  public static func word(purpose: Purpose, item: Int) -> UInt32 {
    precondition(item >= 0 && item < 1 << 24)
    return purpose.rawValue << 24 | UInt32(item)
  }

  /// Philox 4x32-10 of one counter.
  public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (counter, key) = (counter, key)
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) * UInt64(counter[0])
      let second = UInt64(0xCD9E_8D57) * UInt64(counter[2])
      counter = [
        UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0], UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1], UInt32(truncatingIfNeeded: first),
      ]
      key = key &+ [0x9E37_79B9, 0xBB67_AE85]
    }
    return counter
  }

  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      block = RandomStream.philox(counter: counter, key: key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return UInt64(nextWord()) << 32 | low
  }

  /// Uniform in [0, 1), 24 random bits.
  public mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// Uniform in 0..<bound. The bias is below bound / 2^64.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0)
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
