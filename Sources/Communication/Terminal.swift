import Glibc

/// A terminal that a person looks at.
public struct Terminal: Sendable {
  /// `/dev/pts/3`
  private let path: String

  /// - Parameter path: its device.
  public init(_ path: String) { self.path = path }

  /// Its width now, which changes with its window; 80 where it does not tell.
  public var columns: Int {
    let descriptor = unsafe open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return 80 }
    defer { close(descriptor) }
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
