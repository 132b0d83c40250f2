import CHDF5
import Synchronization

/// The gate to the C library: every call goes through here, one at a time.
///
/// The library may have been built without thread safety, so one lock covers it all. A body makes C calls on
/// identifiers and nothing else, in particular no other call through the gate, so the lock is never taken twice.
enum Library {
  private static let mutex = Mutex<Void>(())

  /// Files close themselves; at exit the library would try again to flush those that had to be abandoned, and crash.
  /// The filters that it lacks are ours.
  private static let prepared: Void = {
    _ = H5dont_atexit()
    LZF.register()
  }()

  /// Runs one C call; a negative result is a failure, thrown with the text of the library's own error stack.
  @discardableResult
  static func call<Code: SignedInteger & Sendable>(
    _ body: (inout Handle.Identifiers) -> Code
  ) throws(LibraryFailure) -> Code {
    try locked { (identifiers) throws(LibraryFailure) -> Code in
      // A thread-safe build has an error stack per thread, and each starts with printing to standard error.
      H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
      let code = body(&identifiers)
      guard code >= 0 else { throw LibraryFailure(stack: errorStack()) }
      return code
    }
  }

  /// Reads one constant of the library.
  static func constant<Value: Sendable>(_ body: (inout Handle.Identifiers) -> Value) -> Value { locked(body) }

  private static func locked<Value: Sendable, Failure: Error>(
    _ body: (inout Handle.Identifiers) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var identifiers = Handle.Identifiers()
    // Released after the lock, which closing an identifier takes again.
    defer { withExtendedLifetime(identifiers) {} }
    return try mutex.withLock { (_) throws(Failure) -> Value in
      prepared
      return try body(&identifiers)
    }
  }

  /// Descriptions on the library's error stack, the most specific first.
  private static func errorStack() -> [String] {
    var stack: [String] = []
    unsafe withUnsafeMutablePointer(to: &stack) { stack in
      _ = unsafe H5Ewalk2(
        hid_t(H5E_DEFAULT), H5E_WALK_UPWARD,
        { _, entry, stack in
          guard let text = unsafe entry?.pointee.desc else { return 0 }
          unsafe stack?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
          return 0
        }, stack)
    }
    return stack
  }
}
