import CHDF5
import FileKinds
import Glibc
import TemporaryFiles

/// An open HDF5 file. It closes when `close` is called, or when the last reference to it and to its groups and datasets
/// goes; only `close` can say that something could not be written.
///
/// All calls may come from any thread; they run one after the other.
public final class File: Sendable {
  private enum Access { case create, read, update }

  /// As it was given, or as errors call it.
  public let path: String
  /// Where it lies, whatever errors call it.
  private let place: String
  /// Whether paths may lead through soft links; external links never lead anywhere.
  let followsSoftLinks: Bool
  let handle: Handle
  private let rootHandle: Handle
  private let access: Access

  /// Creates a file that every release of HDF5 and Keras can open, replacing what was there. It is not locked: nobody
  /// else knows it yet, and network file systems without locks work.
  ///
  /// - Parameter name: what errors call the file; its path unless given.
  public convenience init(creating path: String, calling name: String? = nil) throws(HDF5Error) {
    try self.init(
      path: name ?? path, at: path, access: .create,
      problem: { "cannot be created (\($0)): check that the folder exists and is writable" }
    ) {
      (options) in unsafe H5Fcreate(path, CHDF5_truncate(), CHDF5_default(), options)
    }
  }

  /// Opens a file to read it. It is not locked, so that network file systems without locks work.
  ///
  /// - Parameters:
  ///   - name: what errors call the file; its path unless given.
  ///   - followingSoftLinks: where they must not be, a path that leads through a soft link is an error.
  public convenience init(
    reading path: String, calling name: String? = nil, followingSoftLinks: Bool = true
  ) throws(HDF5Error) {
    try File.requireFile(at: path)
    try self.init(
      path: name ?? path, access: .read, checking: path, followsSoftLinks: followingSoftLinks,
      problem: File.unreadable
    ) {
      (options) in File.open(path, CHDF5_read_only(), options)
    }
  }

  /// Opens a file to read and change it.
  public convenience init(updating path: String) throws(HDF5Error) {
    try File.requireFile(at: path)
    guard unsafe Glibc.access(path, W_OK) == 0 else {
      throw HDF5Error(
        file: path, problem: "is not writable (\(unsafe String(cString: strerror(errno)))): check its permissions")
    }
    try self.init(path: path, access: .update, checking: path, problem: File.unreadable) {
      (options) in File.open(path, CHDF5_read_write(), options)
    }
  }

  private init(
    path: String, at place: String? = nil, access: Access, checking checked: String? = nil,
    followsSoftLinks: Bool = true,
    problem: (String) -> String, open: (_ options: hid_t) -> hid_t
  ) throws(HDF5Error) {
    (self.path, self.place) = (path, place ?? checked ?? path)
    self.followsSoftLinks = followsSoftLinks
    self.access = access
    if let checked { try File.requireSound(checked, calling: path) }
    do {
      let options = try PropertyList.fileAccess(
        locking: access == .update, isUnnamed: TemporaryFile.isUnnamed(self.place))
      handle = try Handle { open($0[options.handle]) }
      rootHandle = try handle.open("/", file: handle)
    } catch {
      throw HDF5Error(file: path, problem: problem(error.text), libraryStack: error.stack)
    }
  }

  deinit { try? close() }

  /// Whether all that is in it comes from this process.
  var isOwn: Bool { access == .create }

  /// Whether the file exists and starts (possibly after a user block) with the signature of HDF5.
  public static func isHDF5(_ path: String) -> Bool {
    (try? Library.call { _ in unsafe H5Fis_hdf5(path) }).map { $0 > 0 } ?? false
  }

  /// The first checksum of a file's structure that is wrong, where it stands, and what it should be: whoever tampers
  /// with a file can mend its checksums, and so can tests.
  package static func wrongChecksum(in path: String) -> (place: Int, value: UInt32)? {
    do { try StructureCheck.check(path) } catch { return error.checksum }
    return nil
  }

  /// The group `/`, which also carries the attributes of the file.
  public var root: Group { Group(location: Location(file: self, handle: rootHandle, path: "/")) }

  /// Hands everything written so far to the operating system.
  public func flush() throws(HDF5Error) {
    try completing { () throws(LibraryFailure) in try Library.call { H5Fflush($0[handle], H5F_SCOPE_GLOBAL) } }
  }

  /// Writes what is pending and closes the file with every group and dataset opened through it. Closing twice does
  /// nothing.
  public func close() throws(HDF5Error) {
    guard handle.isValid || handle.isAbandoned else { return }
    // What cannot be written must be known before closing, see `Handle.abandon`.
    if access != .read { try flush() }
    try completing { () throws(LibraryFailure) in try Library.call { H5Fclose($0[handle]) } }
  }

  private func completing(_ body: () throws(LibraryFailure) -> Int32) throws(HDF5Error) {
    try requireIntact()
    // The last reference to the file must not go before the call.
    defer { withExtendedLifetime(self) {} }
    do {
      _ = try body()
    } catch {
      abandon()
      throw HDF5Error(
        file: path, problem: "cannot be written to the end (\(error.text)): check the space left on the disk",
        libraryStack: error.stack)
    }
  }

  /// Throws after a write that failed.
  func requireIntact() throws(HDF5Error) {
    guard handle.isAbandoned else { return }
    throw HDF5Error(
      file: path,
      problem: "is incomplete, because an earlier write failed: make room on the disk and write the file again")
  }

  /// After a write that failed, see `Handle.abandon`.
  func abandon() {
    guard access != .read else { return }
    handle.abandon()
    // What the disk has of a new file is worth nothing, and would stay there until the process ends.
    if access == .create { _ = unsafe truncate(place, 0) }
  }

  /// Bytes of the file, the user block included.
  var byteCount: Int {
    get throws(LibraryFailure) {
      var size: hsize_t = 0
      try Library.call { unsafe H5Fget_filesize($0[handle], &size) }
      return Int(clamping: size)
    }
  }

  private static func open(_ path: String, _ flags: UInt32, _ options: hid_t) -> hid_t {
    unsafe H5Fopen(path, flags, options)
  }

  /// The library sees nothing that could mislead it.
  private static func requireSound(_ path: String, calling name: String) throws(HDF5Error) {
    do {
      try StructureCheck.check(path)
    } catch {
      // A damaged HDF5 file is none of another kind.
      let kind = isHDF5(path) ? nil : FileKind(at: path)
      let foreign = kind.map { $0.sentence(for: .hdf5) }
      throw HDF5Error(
        file: name, problem: foreign ?? error.advice.map { "\(error.text): \($0)" } ?? unreadable(error.text))
    }
  }

  private static func unreadable(_ text: String) -> String {
    "not a readable HDF5 file (\(text)); it may be truncated: copy it again"
  }

  private static func requireFile(at path: String) throws(HDF5Error) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw HDF5Error(
        file: path, problem: "cannot be opened (\(unsafe String(cString: strerror(errno)))): check the path")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw HDF5Error(file: path, problem: "is a folder, not an HDF5 file: give the path of the file")
    }
  }
}
