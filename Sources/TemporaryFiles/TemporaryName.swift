import Glibc
import Synchronization

/// A name that a file has until it takes its own, and that signals which end the process remove.
public final class TemporaryName: Sendable {
  let path: String
  private let place: Int?

  private static let ending = ".temporary"

  /// Removes what has the temporary name already.
  ///
  /// - Parameter name: the one that the file takes.
  init(for name: String) {
    path = "\(name).\(getpid())\(TemporaryName.ending)"
    place = TemporaryName.note(path)
    unsafe unlink(path)
  }

  /// Gives the file its own name, in place of what has it.
  ///
  /// - Returns: whether the system has done it; otherwise `errno` says why not.
  func take(_ name: String) -> Bool { unsafe rename(path, name) == 0 }

  /// After `take` there is nothing left to remove.
  deinit {
    let error = errno
    unsafe unlink(path)
    if let place { TemporaryName.forget(place) }
    errno = error
  }

  /// Whether a name is one that a file has until it is whole; a process that is killed may leave one behind.
  public static func isTemporary(_ name: String) -> Bool { name.hasSuffix(ending) }

  // What follows is read by handlers of signals, which may come at any time.
  private static let places = 16
  private static let longest = 4096
  /// Names that end with a zero, each in its place.
  nonisolated(unsafe) private static let names = UnsafeMutablePointer<CChar>.allocate(capacity: places * longest)
  /// A bit for each place that is taken, and one for each whose name is whole.
  private static let taken = Atomic<UInt32>(0)
  private static let whole = Atomic<UInt32>(0)

  /// Writes the name where handlers find it; nil where there is no room, and none removes it.
  private static func note(_ path: String) -> Int? {
    _ = isWatching
    guard path.utf8.count < longest else { return nil }
    for place in 0..<places {
      let bit = UInt32(1) << UInt32(place)
      guard taken.bitwiseOr(bit, ordering: .acquiringAndReleasing).oldValue & bit == 0 else { continue }
      _ = unsafe path.withCString { unsafe strcpy(names + place * longest, $0) }
      whole.bitwiseOr(bit, ordering: .releasing)
      return place
    }
    return nil
  }

  private static func forget(_ place: Int) {
    let bit = UInt32(1) << UInt32(place)
    whole.bitwiseAnd(~bit, ordering: .releasing)
    taken.bitwiseAnd(~bit, ordering: .releasing)
  }

  /// Removes all that is not whole yet, before the process ends. May be called by a handler of a signal.
  public static func removeAll() {
    let known = whole.load(ordering: .acquiring)
    for place in 0..<places where known >> UInt32(place) & 1 == 1 { unsafe unlink(names + place * longest) }
  }

  /// Takes the signals that would end the process, unless the program does something with them already.
  private static let isWatching: Bool = {
    // What handlers read must exist before one comes.
    _ = (unsafe names, taken.load(ordering: .relaxed), whole.load(ordering: .relaxed))
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      unsafe sigaction(number, nil, &action)
      guard unsafe action.__sigaction_handler.sa_handler == nil else { continue }
      signal(number) { number in
        TemporaryName.removeAll()
        // Delivered when this handler returns.
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    return true
  }()
}
