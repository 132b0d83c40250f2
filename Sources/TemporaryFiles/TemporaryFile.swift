import Glibc

/// A file that has no name until it is whole, so that nothing is left of it whatever ends the process, even SIGKILL.
///
/// Linux keeps such a file (`O_TMPFILE`) as long as it is open; `path` leads to it by its descriptor. Where the file
/// system has none, such as NFS, it has a name of its own beside the one that it takes. Signals that end the process
/// (Ctrl-C, SIGTERM, a lost terminal) remove that, and so does whatever ends the process by itself and calls
/// `TemporaryName.removeAll`; only SIGKILL leaves it.
public struct TemporaryFile: ~Copyable {
  /// Where to write, in this process only. The file is there, and empty; where it could not be made, opening it says
  /// why.
  public let path: String
  private let descriptor: Int32
  /// Nil where there is none.
  private let name: TemporaryName?

  private static let descriptors = "/proc/self/fd/"
  private static let mode: mode_t = 0o666
  /// `O_TMPFILE`, which Glibc's headers show to C alone.
  private static let withoutName = 0o20_000_000 | O_DIRECTORY

  /// - Parameter name: the one that the file takes.
  public init(for name: String) {
    let descriptor = unsafe open(
      TemporaryFile.folder(of: name), TemporaryFile.withoutName | O_RDWR | O_CLOEXEC, TemporaryFile.mode)
    let path = "\(TemporaryFile.descriptors)\(descriptor)"
    guard descriptor >= 0, unsafe access(path, F_OK) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      self.init(withTemporaryNameFor: name)
      return
    }
    self.init(path: path, descriptor: descriptor, name: nil)
  }

  /// As where the file system has no files without names.
  package init(withTemporaryNameFor name: String) {
    let own = TemporaryName(for: name)
    let descriptor = unsafe open(own.path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, TemporaryFile.mode)
    self.init(path: own.path, descriptor: descriptor, name: own)
  }

  private init(path: String, descriptor: Int32, name: TemporaryName?) {
    (self.path, self.descriptor, self.name) = (path, descriptor, name)
  }

  /// Gives the file its name, in place of what has it.
  ///
  /// - Returns: whether the system has done it; otherwise `errno` says why not, and the file is gone.
  public consuming func take(_ name: String) -> Bool {
    if let own = self.name { return own.take(name) }
    return TemporaryFile.link(path, as: name)
  }

  /// Gives a file a second name, taken from whatever has it. A process that is killed may leave a third name, of a file
  /// that is whole, if that happens in the microseconds between two calls of the system.
  ///
  /// - Returns: whether the system has done it; otherwise `errno` says why not.
  public static func link(_ path: String, as name: String) -> Bool {
    let own = TemporaryName(for: name)
    guard unsafe linkat(AT_FDCWD, path, AT_FDCWD, own.path, AT_SYMLINK_FOLLOW) == 0 else { return false }
    // Nothing happens to two names of one file: the temporary one is then removed.
    return own.take(name)
  }

  /// Whether a path is that of a file without a name, which the system shows as a link to nowhere.
  public static func isUnnamed(_ path: String) -> Bool { path.hasPrefix(descriptors) }

  deinit {
    let error = errno
    if descriptor >= 0 { close(descriptor) }
    errno = error
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
