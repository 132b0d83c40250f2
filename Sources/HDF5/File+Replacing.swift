import Glibc
import TemporaryFiles

extension File {
  /// Writes a file whole or not at all: `body` fills a new file in the same folder (`TemporaryFile`), which then takes
  /// the place of whatever was at `path`. Both the file and the folder are flushed to the disk first.
  ///
  /// An error leaves what was at `path` as it was, and nothing behind.
  ///
  /// - Parameter finish: called with a path to the file once it is closed; may check it and append to it.
  public static func replace(
    _ path: String, with body: (File) throws -> Void, finish: (_ temporary: String) throws -> Void = { _ in }
  ) throws {
    let temporary = TemporaryFile(for: path)
    let file = try File(creating: temporary.path, calling: path)
    try body(file)
    try file.close()
    try finish(temporary.path)
    try synchronize(temporary.path, naming: path)
    guard temporary.take(path) else { throw failure(path, "cannot be replaced") }
    try synchronize(folder(of: path), naming: path)
  }

  /// Gives a file a second name in its folder, taken from whatever had it; both names mean the same bytes.
  ///
  /// - Returns: false where the file system knows no second names.
  public static func link(_ path: String, as name: String) throws(HDF5Error) -> Bool {
    guard TemporaryFile.link(path, as: name) else {
      guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EXDEV].contains(errno) else { throw failure(name, "cannot be made") }
      return false
    }
    try synchronize(folder(of: name), naming: name)
    return true
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Waits until a file or folder is on the disk.
  private static func synchronize(_ name: String, naming path: String) throws(HDF5Error) {
    let descriptor = unsafe open(name, O_RDONLY)
    guard descriptor >= 0 else { throw failure(path, "cannot be written") }
    defer { _ = Glibc.close(descriptor) }
    // Some file systems refuse to flush a folder and need not be told to.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(path, "cannot be written") }
  }

  private static func failure(_ path: String, _ problem: String) -> HDF5Error {
    HDF5Error(
      file: path,
      problem:
        "\(problem) (\(unsafe String(cString: strerror(errno)))): check the folder's permissions and the space left")
  }
}
