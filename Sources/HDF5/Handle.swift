import CHDF5
import Synchronization

/// Owns one identifier of the library, and gives it back when the last reference goes.
final class Handle: Sendable {
  private let id: hid_t
  /// The file that an object belongs to; nil for files, and for types, spaces and options, which belong to none.
  private let file: Handle?
  private let abandoned = Atomic<Bool>(false)

  /// Takes over the identifier that `body` returns.
  init(in file: Handle? = nil, _ body: (inout Identifiers) -> hid_t) throws(LibraryFailure) {
    self.file = file
    id = try Library.call(body)
  }

  /// Whether the file is left alone for good.
  var isAbandoned: Bool { file?.isAbandoned ?? abandoned.load(ordering: .sequentiallyConsistent) }

  /// Leaves the file and all that is open in it alone for good: asked to close what it could not write to a full disk,
  /// HDF5 1.10.8 crashes the process.
  func abandon() { abandoned.store(true, ordering: .sequentiallyConsistent) }

  deinit {
    guard !isAbandoned else { return }
    // Closing the file closes everything in it, so this identifier may be gone already; there is nothing else to
    // report.
    _ = try? Library.call { _ in H5Idec_ref(id) }
  }

  /// Opens what a name in this group, or a file, leads to.
  func open(_ name: String, file: Handle) throws(LibraryFailure) -> Handle {
    try Handle(in: file) { unsafe H5Oopen($0[self], name, CHDF5_default()) }
  }

  /// False once the file it belongs to is closed.
  var isValid: Bool { ((try? Library.call { H5Iis_valid($0[self]) }) ?? 0) > 0 }

  /// What kind of object this is; nil for anything that is not one of those a file holds.
  var kind: ObjectKind? {
    switch Library.constant({ H5Iget_type($0[self]) }) {
    case H5I_GROUP: .group
    case H5I_DATASET: .dataset
    case H5I_DATATYPE: .datatype
    default: nil
    }
  }

  /// The identifiers that one call uses, and the only way to them. Swift may release an object after its last use,
  /// which here is before the call: what was asked for stays open until the call is over.
  struct Identifiers {
    private var handles: [Handle] = []

    subscript(handle: Handle) -> hid_t {
      mutating get {
        handles.append(handle)
        return handle.id
      }
    }
  }
}
