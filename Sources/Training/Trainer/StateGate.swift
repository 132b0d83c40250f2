import Foundation

/// Keeps apart the thread that changes the state of a run and the one that saves it while a signal ends the process.
///
/// All that a checkpoint holds changes inside `change` only: at the end of a step, of an epoch, of a stage. Between,
/// weights, slots and position are those of the last step that was completed, whatever is computed, and may be written
/// as they are.
final class StateGate: @unchecked Sendable {
  private let lock = NSLock()

  func change<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }

  /// Lets nothing change until `open`; for the end of the process it stays shut.
  func shut() { lock.lock() }

  func open() { lock.unlock() }
}
