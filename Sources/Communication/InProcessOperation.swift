internal import Tensors

/// One collective operation of the in-process twin: what each rank brought, and the result.
final class InProcessOperation {
  enum Contribution {
    case barrier
    case duplicate
    case bytes([UInt8])
    case broadcast(Buffer, root: Int)
    case gather(Buffer, Segments)
    case exchange(outgoing: Buffer, sending: Segments, incoming: Buffer, receiving: Segments)
    case sum(Buffer)

    var operation: Operation {
      switch self {
      case .barrier: .barrier
      case .duplicate: .duplicate
      case .bytes: .gatherBytes
      case .broadcast: .broadcast
      case .gather: .gather
      case .exchange: .exchange
      case .sum: .sum
      }
    }

    /// What must be the same on all ranks, beside the operation.
    var size: Int {
      switch self {
      case .broadcast(let buffer, _): buffer.count
      case .gather(_, let segments): segments.end
      case .sum(let buffer): buffer.count
      case .barrier, .duplicate, .bytes, .exchange: 0
      }
    }
  }

  private(set) var contributions: [Contribution?]
  private(set) var isComplete = false
  /// Set when it is complete and the ranks have called different operations.
  private(set) var error: CommunicationError?
  /// The group made by `duplicate`.
  private(set) var group: InProcessGroup?

  init(size: Int) { contributions = Array(repeating: nil, count: size) }

  /// Adds a rank's part; the last one carries the operation out for all.
  func add(_ contribution: Contribution, rank: Int, hostNames: [String]) {
    contributions[rank] = contribution
    let present = contributions.compactMap { $0 }
    guard present.count == contributions.count else { return }
    isComplete = true
    if present.contains(where: { ($0.operation, $0.size) != (present[0].operation, present[0].size) }) {
      error = .different(operations: present.map { "\($0.operation.name) of size \($0.size)" })
    } else {
      perform(present, hostNames: hostNames)
    }
  }

  /// The bytes of every rank.
  var bytes: [[UInt8]] {
    contributions.map { contribution in
      guard case .bytes(let bytes) = contribution else { preconditionFailure(InProcessOperation.mismatch) }
      return bytes
    }
  }

  /// What the ranks that have come call it.
  var name: String { contributions.compactMap { $0 }.first?.operation.name ?? "an operation" }

  /// The ranks that have not come.
  var missing: [Int] { contributions.indices.filter { contributions[$0] == nil } }

  private static let mismatch = "ranks called an operation with different roots or counts"

  private func perform(_ parts: [Contribution], hostNames: [String]) {
    switch parts[0] {
    case .barrier:
      for part in parts { guard case .barrier = part else { preconditionFailure(Self.mismatch) } }
    case .duplicate:
      for part in parts { guard case .duplicate = part else { preconditionFailure(Self.mismatch) } }
      group = InProcessGroup(hostNames: hostNames)
    case .bytes:
      _ = bytes
    case .broadcast(_, let root):
      let buffers = parts.map { part in
        guard case .broadcast(let buffer, root) = part else { preconditionFailure(Self.mismatch) }
        return buffer
      }
      for (rank, buffer) in buffers.enumerated() where rank != root { buffer.copy(from: buffers[root]) }
    case .gather(_, let segments):
      let buffers = parts.map { part in
        guard case .gather(let buffer, let other) = part, other.ranges == segments.ranges else {
          preconditionFailure(Self.mismatch)
        }
        return buffer
      }
      for (rank, range) in segments.ranges.enumerated() {
        for (other, buffer) in buffers.enumerated() where other != rank {
          buffer[range].copy(from: buffers[rank][range])
        }
      }
    case .exchange:
      for (receiver, part) in parts.enumerated() {
        guard case .exchange(_, _, let incoming, let receiving) = part else { preconditionFailure(Self.mismatch) }
        for (sender, part) in parts.enumerated() {
          guard case .exchange(let outgoing, let sending, _, _) = part else { preconditionFailure(Self.mismatch) }
          incoming[receiving.ranges[sender]].copy(from: outgoing[sending.ranges[receiver]])
        }
      }
    case .sum(let first):
      let buffers = parts.map { part in
        guard case .sum(let buffer) = part, buffer.count == first.count else { preconditionFailure(Self.mismatch) }
        return buffer
      }
      for index in 0..<first.count {
        let sum = buffers.reduce(0) { $0 + $1[index] }
        for buffer in buffers { buffer[index] = sum }
      }
    }
  }
}
