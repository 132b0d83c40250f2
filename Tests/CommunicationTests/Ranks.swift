import Communication
import Tensors

/// Runs a body on every rank of an in-process group, each on a thread of its own, and returns their results in rank
/// order.
func onRanks<Result: Sendable>(
  _ size: Int, _ body: @escaping @Sendable (any Communicator) throws -> Result
) throws -> [Result] {
  try onRanks(hosts: Array(repeating: "localhost", count: size), body)
}

/// The same on ranks of several machines, by the name of each rank's.
func onRanks<Result: Sendable>(
  hosts: [String], _ body: @escaping @Sendable (any Communicator) throws -> Result
) throws -> [Result] {
  let (size, members) = (hosts.count, InProcessCommunicator.group(hostNames: hosts))
  let outcomes = Outcomes<Result>(count: size)
  WorkerPool(count: size).run { rank in
    outcomes[rank] = Swift.Result { try body(members[rank]) }
  }
  return try (0..<size).map { try outcomes[$0]!.get() }
}

/// A slot for each thread; a thread writes only its own.
@safe
private final class Outcomes<Success>: @unchecked Sendable {
  private let slots: UnsafeMutableBufferPointer<Result<Success, any Error>?>

  init(count: Int) {
    unsafe slots = .allocate(capacity: count)
    unsafe slots.initialize(repeating: nil)
  }

  deinit {
    unsafe slots.deinitialize()
    unsafe slots.deallocate()
  }

  subscript(rank: Int) -> Result<Success, any Error>? {
    get { unsafe slots[rank] }
    set { unsafe slots[rank] = newValue }
  }
}

/// Numbers whose magnitudes differ so much that every order of summation gives other bits: 24 mixed bits (Knuth's
/// multiplicative hash) as sign, significand and one of 16 exponents.
func wildValues(count: Int, shard: Int) -> [Float] {
  var word = UInt32(truncatingIfNeeded: 1 + shard)
  return (0..<count).map { _ in
    word = (word &* 2_654_435_761) &+ 12_345
    let exponent = 119 + (word >> 28)
    return Float(bitPattern: (word & 1 << 27) << 4 | exponent << 23 | (word >> 4) & 0x7F_FFFF)
  }
}

/// The sum over all shards as the tree's definition says: halves of 2^level shards, the second possibly empty.
func treeSum(_ values: [[Float]]) -> [Float] {
  func sum(_ level: Int, _ index: Int) -> [Float]? {
    if level == 0 { return index < values.count ? values[index] : nil }
    guard let left = sum(level - 1, 2 * index) else { return nil }
    guard let right = sum(level - 1, 2 * index + 1) else { return left }
    return zip(left, right).map { $0 + $1 }
  }
  var level = 0
  while 1 << level < values.count { level += 1 }
  return sum(level, 0)!
}

/// The same with every leaf and every sum rounded to the nearer of two neighbouring bfloat16 numbers, to the even one
/// at equal distance.
func roundedTreeSum(_ values: [[Float]]) -> [Float] {
  func rounded(_ value: Float) -> Float {
    let (lower, ulp) = (Float(bitPattern: value.bitPattern & 0xFFFF_0000), UInt32(1 << 16))
    let upper = Float(bitPattern: lower.bitPattern + ulp)
    let (below, above) = ((Double(value) - Double(lower)).magnitude, (Double(upper) - Double(value)).magnitude)
    if below == above { return lower.bitPattern & ulp == 0 ? lower : upper }
    return below < above ? lower : upper
  }
  func sum(_ level: Int, _ index: Int) -> [Float]? {
    if level == 0 { return index < values.count ? values[index].map(rounded) : nil }
    guard let left = sum(level - 1, 2 * index) else { return nil }
    guard let right = sum(level - 1, 2 * index + 1) else { return left }
    return zip(left, right).map { rounded($0 + $1) }
  }
  var level = 0
  while 1 << level < values.count { level += 1 }
  return sum(level, 0)!
}

extension [Float] {
  /// For comparisons that see every bit.
  var bits: [UInt32] { map(\.bitPattern) }
}
