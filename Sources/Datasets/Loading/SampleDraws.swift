import Tensors

/// Which samples an epoch visits, and how often, where some are to come more often than others.
///
/// An epoch has as many visits as there are samples. Of n visits, a sample of the weight w has n w / (sum of all
/// weights), rounded up or down at random; so with equal weights every sample comes exactly once. Samples of one group
/// are drawn side by side: the visits of a group are rounded as one number is. (Systematic sampling: Madow, "On the
/// Theory of Systematic Sampling II", 1949.)
public struct SampleDraws: Hashable, Sendable {
  /// The visits that each sample is to have, in parts of 2^32.
  private let shares: [UInt64]
  /// The group of each sample, counted from 0.
  private let groups: [UInt32]
  private let groupCount: Int

  private static let one: UInt64 = 1 << 32

  /// - Parameters:
  ///   - weights: one for each sample, at least 0 and finite, not all 0.
  ///   - groups: one for each sample, counted from 0; empty where all samples are of one.
  public init(weights: [Double], groups: [UInt32] = []) {
    precondition(!weights.isEmpty && weights.allSatisfy { $0 >= 0 && $0.isFinite })
    precondition(groups.isEmpty || groups.count == weights.count)
    let greatest = weights.max()!
    precondition(greatest > 0)
    // Their sum could be infinite.
    let weights = weights.map { $0 / greatest }
    let sum = weights.reduce(0, +)
    let count = UInt64(weights.count)
    var shares = weights.map { UInt64(($0 / sum * Double(count) * Double(SampleDraws.one)).rounded()) }
    // The largest share takes what rounding has left or taken too much, which is no part of it to speak of.
    let largest = shares.indices.max { shares[$0] < shares[$1] }!
    shares[largest] = shares[largest] &+ (count * SampleDraws.one &- shares.reduce(0, &+))
    self.shares = shares
    self.groups = groups.isEmpty ? Array(repeating: 0, count: weights.count) : groups
    groupCount = Int(self.groups.max()!) + 1
  }

  /// As many samples of every class as of every other.
  ///
  /// - Parameter labels: the class of each sample, counted from 0.
  public init(balancing labels: [Int]) {
    var counts = Array(repeating: 0, count: labels.max()! + 1)
    for label in labels { counts[label] += 1 }
    self.init(weights: labels.map { 1 / Double(counts[$0]) }, groups: labels.map { UInt32($0) })
  }

  public var count: Int { shares.count }

  /// The draws of an epoch in the order of training. Draw d is of sample d % count, for the time d / count.
  ///
  /// - Parameter shuffled: all samples in a random order.
  func order(of shuffled: [UInt32], random: inout RandomStream) -> [UInt32] {
    var byGroup = Array(repeating: [UInt32](), count: groupCount)
    for sample in shuffled { byGroup[Int(groups[Int(sample)])].append(sample) }
    let offset = UInt64(random.nextWord())
    var (sum, visits): (UInt64, UInt64) = (0, 0)
    var draws: [UInt32] = []
    draws.reserveCapacity(count)
    for sample in byGroup.joined() {
      sum += shares[Int(sample)]
      let end = (sum + SampleDraws.one - 1 - offset) / SampleDraws.one
      for visit in 0..<(end - visits) { draws.append(UInt32(UInt64(sample) + visit * UInt64(count))) }
      visits = end
    }
    for last in stride(from: draws.count - 1, to: 0, by: -1) { draws.swapAt(last, random.integer(below: last + 1)) }
    return draws
  }

  /// The most visits of one sample in an epoch.
  public var mostVisits: Int { Int((shares.max()! + SampleDraws.one - 1) / SampleDraws.one) }

  /// Whether every draw has a number of 32 bits.
  public var isCountable: Bool { [mostVisits, count].saturatedProduct <= Int(UInt32.max) }
}
