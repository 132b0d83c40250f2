import Glibc

/// A fixed set of threads that run one function together: worker 0 on the calling thread, the others on threads of
/// their own.
///
/// Running allocates nothing, so it may happen inside a training step.
@safe
public final class WorkerPool: @unchecked Sendable {
  public let count: Int
  private let processors: [Int]
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let started = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var threads: [pthread_t] = []
  private var body: (@Sendable (Int) -> Void)?
  private var generation = 0
  private var running = 0
  private var stopping = false

  /// - Parameters:
  ///   - count: workers, the calling thread included.
  ///   - processors: where each worker stays, the calling thread included; empty leaves that to the system.
  public init(count: Int, processors: [Int] = []) {
    precondition(count > 0)
    precondition(processors.isEmpty || processors.count == count)
    (self.count, self.processors) = (count, processors)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(started, nil)
    unsafe pthread_cond_init(finished, nil)
    for index in 1..<max(count, 1) {
      let start = Start(pool: self, index: index)
      var thread = pthread_t()
      let code = unsafe pthread_create(
        &thread, nil,
        { argument in
          let start = unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
          start.run()
          return nil
        }, Unmanaged.passRetained(start).toOpaque())
      if code != 0 { MemoryError.noThread(code).end() }
      threads.append(thread)
    }
    // Last, because threads inherit where their maker is.
    if let first = processors.first { Affinity.pin(to: first) }
  }

  deinit {
    unsafe pthread_mutex_lock(mutex)
    stopping = true
    unsafe pthread_cond_broadcast(started)
    unsafe pthread_mutex_unlock(mutex)
    for thread in threads { pthread_join(thread, nil) }
    unsafe pthread_cond_destroy(started)
    unsafe pthread_cond_destroy(finished)
    unsafe pthread_mutex_destroy(mutex)
    unsafe started.deallocate()
    unsafe finished.deallocate()
    unsafe mutex.deallocate()
  }

  /// Calls `body` once for each worker index, all at the same time, and returns when the last one has returned.
  public func run(_ body: @escaping @Sendable (Int) -> Void) {
    guard count > 1 else { return body(0) }
    unsafe pthread_mutex_lock(mutex)
    self.body = body
    running = count - 1
    generation += 1
    unsafe pthread_cond_broadcast(started)
    unsafe pthread_mutex_unlock(mutex)
    body(0)
    unsafe pthread_mutex_lock(mutex)
    while running > 0 { unsafe pthread_cond_wait(finished, mutex) }
    self.body = nil
    // The mutex goes with the last reference to this object, which must not be dropped before.
    withExtendedLifetime(self) { _ = unsafe pthread_mutex_unlock(mutex) }
  }

  private func loop(index: Int) {
    if !processors.isEmpty { Affinity.pin(to: processors[index]) }
    var seen = 0
    unsafe pthread_mutex_lock(mutex)
    while true {
      while generation == seen && !stopping { unsafe pthread_cond_wait(started, mutex) }
      if stopping { break }
      seen = generation
      let body = self.body!
      unsafe pthread_mutex_unlock(mutex)
      body(index)
      unsafe pthread_mutex_lock(mutex)
      running -= 1
      if running == 0 { unsafe pthread_cond_signal(finished) }
    }
    unsafe pthread_mutex_unlock(mutex)
  }

  private final class Start {
    // Unowned, or the pool would never end: it joins its threads in deinit.
    private unowned(unsafe) let pool: WorkerPool
    private let index: Int

    init(pool: WorkerPool, index: Int) {
      unsafe self.pool = pool
      self.index = index
    }

    func run() { unsafe pool.loop(index: index) }
  }
}
