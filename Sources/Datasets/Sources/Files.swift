import Glibc

/// Access of the sources to the file system, with errors a person can act on.
@safe
enum Files {
  enum Kind { case file, folder }

  /// An entry of a folder, links followed.
  struct Entry {
    enum Kind {
      case file, folder
      /// A link whose target is not there.
      case nothing
      /// A socket, a pipe or a device.
      case special
    }

    let name: String
    let kind: Kind
  }

  /// Says whether two paths mean the same.
  struct Identity: Equatable {
    let device: UInt
    let number: UInt
  }

  /// What lies at a path; nil when nothing does, or when it is neither a file nor a folder.
  static func kind(_ path: String) -> Kind? {
    switch entryKind(path) {
    case .file: .file
    case .folder: .folder
    case .nothing, .special: nil
    }
  }

  private static func entryKind(_ path: String) -> Entry.Kind {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .special
    }
  }

  /// Everything in a folder by name, in byte order as Python sorts it.
  static func entries(of folder: String) throws(DataError) -> [Entry] {
    guard let directory = unsafe opendir(folder) else { throw systemError(folder, "cannot be listed") }
    defer { unsafe closedir(directory) }
    var entries: [Entry] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      switch unsafe Int(entry.pointee.d_type) {
      case Int(DT_REG): entries.append(Entry(name: name, kind: .file))
      case Int(DT_DIR): entries.append(Entry(name: name, kind: .folder))
      default: entries.append(Entry(name: name, kind: entryKind("\(folder)/\(name)")))
      }
    }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  static func identity(_ path: String) throws(DataError) -> Identity {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw systemError(path, "cannot be read") }
    return Identity(device: UInt(status.st_dev), number: UInt(status.st_ino))
  }

  /// Bytes of a file.
  static func size(_ path: String) throws(DataError) -> Int { try stamp(path).size }

  /// Bytes of a file, and when it was last changed, in nanoseconds since 1970.
  static func stamp(_ path: String) throws(DataError) -> (size: Int, modified: Int) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw systemError(path, "cannot be read") }
    return (Int(status.st_size), status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
  }

  /// The whole file, or its first `limit` bytes.
  static func bytes(_ path: String, limit: Int = .max) throws(DataError) -> [UInt8] {
    // A pipe without a writer must not keep it waiting.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw systemError(path, "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw systemError(path, "cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DataError(path, "is not a file", remedy: "give the path of a file")
    }
    let size = min(Int(status.st_size), limit)
    var failure: DataError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = unsafe Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
        if got < 0 && errno == EINTR { continue }
        if got <= 0 {
          failure = systemError(path, got < 0 ? "cannot be read" : "became shorter while it was read")
          break
        }
        count += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  static func systemError(_ path: String, _ problem: String) -> DataError {
    let code = errno
    var status = stat()
    if code == ENOENT, unsafe lstat(path, &status) == 0 {
      return DataError(path, "is a link to nothing", remedy: "restore what it points to or remove it")
    }
    let reason = unsafe String(cString: strerror(code))
    return DataError(path, "\(problem) (\(reason))", remedy: "check the path and its permissions")
  }
}
