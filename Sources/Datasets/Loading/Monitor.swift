import Glibc

/// A lock with a condition: threads wait until another one says that something changed.
@safe
final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` alone.
  func locked<Result>(_ body: () -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    // The mutex goes with the last reference to this object, which must not be dropped before.
    defer { withExtendedLifetime(self) { _ = unsafe pthread_mutex_unlock(mutex) } }
    return body()
  }

  /// Lets others in until one of them has called `changed`. Only inside `locked`.
  func wait() { unsafe pthread_cond_wait(condition, mutex) }

  /// Wakes all that wait. Only inside `locked`.
  func changed() { unsafe pthread_cond_broadcast(condition) }
}
