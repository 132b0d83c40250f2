import Glibc

/// Tells the other ranks that this process is crashing, before anything else is done about it. Swift's runtime then
/// stops all threads and prints where it happened, for which it may take longer than the others are patient: without
/// the notice the rank would have fallen silent, as one that was stopped.
@safe
enum CrashNotice {
  private static let signals = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

  /// All that the handler needs. It may neither take memory nor wait.
  @unsafe private struct Preparation {
    let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 64)
    var descriptors = unsafe UnsafeMutableBufferPointer<Int32>(start: nil, count: 0)
    var line = unsafe UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
  }

  nonisolated(unsafe) private static var preparation = unsafe Preparation()

  /// From now on.
  static func take(_ links: [Int: Link]) {
    unsafe preparation.descriptors = copy(links.values.map(\.socket.descriptor))
    unsafe preparation.line = copy(Array(Message(.crashing).line.utf8))
    for number in signals {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_sigaction = { number, information, _ in
        let line = unsafe CrashNotice.preparation.line
        for index in unsafe CrashNotice.preparation.descriptors.indices {
          let descriptor = unsafe CrashNotice.preparation.descriptors[index]
          unsafe send(descriptor, line.baseAddress, line.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        unsafe sigaction(number, CrashNotice.preparation.previous + Int(number), nil)
        // What the processor has raised comes again, with all that is known of it; what was sent does not.
        if unsafe number == SIGTRAP || information?.pointee.si_code ?? 0 <= 0 { raise(number) }
      }
      action.sa_flags = SA_SIGINFO | SA_ONSTACK
      unsafe sigaction(number, &action, preparation.previous + Int(number))
    }
  }

  /// Gives the signals back: nobody listens any more.
  static func release() {
    guard unsafe preparation.line.count > 0 else { return }
    for number in signals { unsafe sigaction(number, preparation.previous + Int(number), nil) }
    unsafe preparation.descriptors.deallocate()
    unsafe preparation.line.deallocate()
    unsafe preparation.descriptors = .init(start: nil, count: 0)
    unsafe preparation.line = .init(start: nil, count: 0)
  }

  private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = unsafe copy.initialize(from: elements)
    return unsafe copy
  }
}
