import CHDF5
import Glibc

/// An open HDF5 file. It closes when `close` is called, or when the last reference to it and to its groups and datasets goes.
///
/// All calls may come from any thread; they run one after the other.
public final class File: Sendable {
  /// As it was given.
  public let path: String
  let handle: Handle
  private let rootHandle: Handle

  /// Creates a file that every release of HDF5 and Keras can open, replacing what was there.
  public convenience init(creating path: String) throws(HDF5Error) {
    try self.init(path: path, locking: true, problem: { "cannot be created (\($0)): check that the folder exists and is writable" }) {
      (access) in unsafe H5Fcreate(path, CHDF5_truncate(), CHDF5_default(), access)
    }
  }

  /// Opens a file to read it. It is not locked, so that network file systems without locks work.
  public convenience init(reading path: String) throws(HDF5Error) {
    try File.requireFile(at: path)
    try self.init(path: path, locking: false, problem: File.unreadable) {
      (access) in unsafe H5Fopen(path, CHDF5_read_only(), access)
    }
  }

  /// Opens a file to read and change it.
  public convenience init(updating path: String) throws(HDF5Error) {
    try File.requireFile(at: path)
    guard unsafe access(path, W_OK) == 0 else {
      throw HDF5Error(file: path, problem: "is not writable (\(unsafe String(cString: strerror(errno)))): check its permissions")
    }
    try self.init(path: path, locking: true, problem: File.unreadable) {
      (access) in unsafe H5Fopen(path, CHDF5_read_write(), access)
    }
  }

  private init(
    path: String, locking: Bool, problem: (String) -> String, open: (_ access: hid_t) -> hid_t
  ) throws(HDF5Error) {
    self.path = path
    do {
      let access = try PropertyList.fileAccess(locking: locking)
      handle = try Handle { open(access.handle.id) }
      let file = handle
      rootHandle = try Handle { unsafe H5Oopen(file.id, "/", CHDF5_default()) }
    } catch {
      throw HDF5Error(file: path, problem: problem(error.text), libraryStack: error.stack)
    }
  }

  /// Whether the file exists and starts (possibly after a user block) with the signature of HDF5.
  public static func isHDF5(_ path: String) -> Bool {
    (try? Library.call { unsafe H5Fis_hdf5(path) }).map { $0 > 0 } ?? false
  }

  /// The group `/`, which also carries the attributes of the file.
  public var root: Group { Group(location: Location(file: self, handle: rootHandle, path: "/")) }

  /// Hands everything written so far to the operating system.
  public func flush() throws(HDF5Error) {
    try root.location.attempt("cannot be written", "check the space left on the disk") { () throws(LibraryFailure) in
      try Library.call { H5Fflush(handle.id, H5F_SCOPE_GLOBAL) }
    }
  }

  /// Writes what is pending and closes the file with every group and dataset opened through it. Closing twice does nothing.
  public func close() throws(HDF5Error) {
    guard handle.isValid else { return }
    try root.location.attempt("cannot be closed", "check the space left on the disk") { () throws(LibraryFailure) in
      try Library.call { H5Fclose(handle.id) }
    }
  }

  /// Bytes of the file, the user block included.
  var byteCount: Int {
    get throws(LibraryFailure) {
      var size: hsize_t = 0
      try Library.call { unsafe H5Fget_filesize(handle.id, &size) }
      return Int(clamping: size)
    }
  }

  private static func unreadable(_ text: String) -> String {
    "not a readable HDF5 file (\(text)); it may be truncated: copy it again"
  }

  private static func requireFile(at path: String) throws(HDF5Error) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw HDF5Error(file: path, problem: "cannot be opened (\(unsafe String(cString: strerror(errno)))): check the path")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw HDF5Error(file: path, problem: "is a folder, not an HDF5 file: give the path of the file")
    }
  }
}
