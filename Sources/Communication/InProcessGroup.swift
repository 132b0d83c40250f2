import Foundation

/// State that the members of an in-process communicator share. Operations are matched by the order in which a member
/// calls them.
final class InProcessGroup: @unchecked Sendable {
  let hostNames: [String]
  private let condition = NSCondition()
  private var operations: [Int: InProcessOperation] = [:]
  private var aborted: CommunicationError?

  init(hostNames: [String]) { self.hostNames = hostNames }

  /// Adds a rank's part to the operation with this number.
  func start(
    _ contribution: InProcessOperation.Contribution, rank: Int, number: Int
  ) throws(CommunicationError) -> InProcessOperation {
    condition.lock()
    defer { condition.unlock() }
    if let aborted { throw aborted }
    let operation = operations[number] ?? InProcessOperation(size: hostNames.count)
    operation.add(contribution, rank: rank, hostNames: hostNames)
    operations[number] = operation.isComplete ? nil : operation
    if operation.isComplete { condition.broadcast() }
    return operation
  }

  func test(_ operation: InProcessOperation) throws(CommunicationError) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    if let aborted { throw aborted }
    if let error = operation.error { throw error }
    return operation.isComplete
  }

  func wait(for operation: InProcessOperation, _ supervision: Supervision) throws(CommunicationError) {
    condition.lock()
    defer { condition.unlock() }
    let seconds = supervision.deadline
    let end = Date(timeIntervalSinceNow: seconds)
    while !operation.isComplete {
      if let aborted { throw aborted }
      guard condition.wait(until: end) || operation.isComplete else {
        throw .overdue(operation: operation.name, missing: operation.missing, seconds: seconds)
      }
    }
    if let error = operation.error { throw error }
  }

  func abort(rank: Int, code: Int) {
    condition.lock()
    aborted = aborted ?? .aborted(rank: rank, code: code)
    condition.broadcast()
    condition.unlock()
  }
}
