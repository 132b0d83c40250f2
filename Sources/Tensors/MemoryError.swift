import Glibc

/// The system does not give the memory that is asked for. One sentence: what, where, what to do.
public struct MemoryError: Error, CustomStringConvertible, Hashable, Sendable {
  public let description: String

  package init(_ description: String) { self.description = description }

  /// - Parameter bytes: asked for in one piece.
  init(mapping bytes: Int) {
    self.init(
      "the system gives no \(bytes.bytes) of memory in one piece; make 'batch' smaller, start fewer ranks on a "
        + "machine, or raise the limit (ulimit -v)."
    )
  }

  /// - Parameter code: of `pthread_create`.
  package static func noThread(_ code: Int32) -> MemoryError {
    MemoryError(
      "no thread could be started (\(unsafe String(cString: strerror(code)))); use fewer 'threads', or raise the "
        + "limits of memory and processes (ulimit -v, -u)."
    )
  }

  /// Says the sentence and ends the process, as a failed run does.
  package func end() -> Never {
    let line = Array("convoy: \(description)\n".utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
    exit(1)
  }
}
