import Foundation

/// The thread of a `ThreadedReducer`, and what it shares with the worker that tells it how far the gradients are.
final class ReducerThread: @unchecked Sendable {
  let reducer: OverlappedReducer
  private let condition = NSCondition()
  // What follows is touched with the condition locked only.
  private var ready = 0
  private var wantsFinish = false
  private var isStopping = false
  private var failure: CommunicationError?

  /// How long the thread sleeps while nothing but messages of others can help it, in microseconds.
  private static let pause: UInt32 = 50

  init(_ reducer: OverlappedReducer) { self.reducer = reducer }

  func start() {
    let thread = Thread { self.run() }
    thread.name = "reducer"
    thread.start()
  }

  func stop() {
    condition.withLock {
      isStopping = true
      condition.broadcast()
    }
  }

  func gradientsReady(upTo count: Int) throws(CommunicationError) {
    condition.lock()
    defer { condition.unlock() }
    if let failure { throw failure }
    ready = count
    condition.broadcast()
  }

  func finish() throws(CommunicationError) {
    condition.lock()
    defer { condition.unlock() }
    wantsFinish = true
    condition.broadcast()
    while wantsFinish, failure == nil { condition.wait() }
    if let failure { throw failure }
  }

  private func run() {
    var seen = 0
    while let task = next(after: seen) {
      do throws(CommunicationError) {
        if task.isLast {
          try reducer.finish()
          seen = 0
          condition.withLock {
            (ready, wantsFinish) = (0, false)
            condition.broadcast()
          }
        } else {
          try reducer.gradientsReady(upTo: task.ready)
          seen = task.ready
          if reducer.isPending { usleep(ReducerThread.pause) }
        }
      } catch {
        return condition.withLock {
          failure = error
          condition.broadcast()
        }
      }
    }
  }

  /// How far the gradients are, and whether that is all; waits for news where nothing is under way. Nil at the end.
  private func next(after seen: Int) -> (ready: Int, isLast: Bool)? {
    condition.lock()
    defer { condition.unlock() }
    while ready == seen, !wantsFinish, !isStopping, !reducer.isPending { condition.wait() }
    return isStopping ? nil : (ready, wantsFinish)
  }
}
