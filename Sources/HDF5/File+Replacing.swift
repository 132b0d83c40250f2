import Glibc

extension File {
  /// Writes a file whole or not at all: `body` fills a new file under a temporary name in the same folder, which then takes the place of
  /// whatever was at `path`. Both the file and the folder are flushed to the disk first.
  ///
  /// An error leaves what was at `path` as it was, and no temporary file behind.
  public static func replace(_ path: String, with body: (File) throws -> Void) throws {
    let folder = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : "."
    let temporary = "\(path).\(getpid()).temporary"
    do {
      let file = try File(creating: temporary)
      try body(file)
      try file.flush()
      try file.close()
      try synchronize(temporary, naming: path)
      guard unsafe rename(temporary, path) == 0 else { throw failure(path, "cannot be replaced") }
      try synchronize(folder.isEmpty ? "/" : folder, naming: path)
    } catch {
      unsafe unlink(temporary)
      throw error
    }
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
      file: path, problem: "\(problem) (\(unsafe String(cString: strerror(errno)))): check the folder's permissions and the space left")
  }
}
