/// An operation of all ranks together.
public enum Operation: UInt8, Sendable, CaseIterable {
  case barrier, broadcast, gatherBytes, gather, exchange, sum, duplicate, leave

  var name: String {
    switch self {
    case .barrier: "a barrier"
    case .broadcast: "a broadcast"
    case .gatherBytes: "a gathering of bytes"
    case .gather: "a gathering"
    case .exchange: "an exchange"
    case .sum: "a sum"
    case .duplicate: "a duplication of the communicator"
    case .leave: "the end of the run"
    }
  }
}

/// One call of an operation, as this rank counts them: the same on every rank as long as all call the same operations
/// in the same order.
package struct Call: Hashable, Sendable {
  package let operation: Operation
  /// Which communicator, counted in the order in which they were made.
  package let channel: Int
  /// Which call of that communicator, from 1.
  package let number: Int

  package init(operation: Operation, channel: Int, number: Int) {
    (self.operation, self.channel, self.number) = (operation, channel, number)
  }

  var name: String { "\(operation.name) (call \(number) of communicator \(channel))" }
}

/// The operations that a rank has called on one communicator: equal on two ranks if they called the same ones, of the
/// same sizes, in the same order.
public struct OperationHistory: Hashable, Sendable {
  public private(set) var count = 0
  public private(set) var digest: UInt64 = 0

  /// - Parameter size: what must be the same on all ranks: a count or a root.
  mutating func add(_ operation: Operation, size: Int) {
    count += 1
    // SplitMix64's finalizer (Steele et al., 2014).
    var word = digest &+ 0x9E37_79B9_7F4A_7C15 &+ UInt64(operation.rawValue) << 56 ^ UInt64(size)
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    digest = word ^ word >> 31
  }
}
