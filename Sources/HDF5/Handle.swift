import CHDF5

/// Owns one identifier of the library, and gives it back when the last reference goes.
final class Handle: Sendable {
  let id: hid_t

  /// Takes over the identifier that `body` returns.
  init(_ body: () -> hid_t) throws(LibraryFailure) { id = try Library.call(body) }

  deinit {
    // Closing the file closes everything in it, so this identifier may be gone already; there is nothing else to report.
    _ = try? Library.call { H5Idec_ref(id) }
  }

  /// False once the file it belongs to is closed.
  var isValid: Bool { ((try? Library.call { H5Iis_valid(id) }) ?? 0) > 0 }

  /// What kind of object this is; nil for anything that is not one of those a file holds.
  var kind: ObjectKind? {
    switch Library.constant({ H5Iget_type(id) }) {
    case H5I_GROUP: .group
    case H5I_DATASET: .dataset
    case H5I_DATATYPE: .datatype
    default: nil
    }
  }
}
