import CHDF5

/// A property list of the library: the options of one kind of call.
struct PropertyList {
  let handle: Handle

  private init(_ kind: () -> hid_t) throws(LibraryFailure) { handle = try Handle { _ in H5Pcreate(kind()) } }

  /// How a file is opened: closing it closes everything in it.
  ///
  /// - Parameter isUnnamed: the library's usual driver insists on following the link that stands for such a file; that
  ///   of C's streams does not, and writes the same bytes.
  static func fileAccess(locking: Bool, isUnnamed: Bool) throws(LibraryFailure) -> PropertyList {
    let list = try PropertyList(CHDF5_file_access_class)
    try Library.call { H5Pset_fclose_degree($0[list.handle], H5F_CLOSE_STRONG) }
    if isUnnamed { try Library.call { H5Pset_fapl_stdio($0[list.handle]) } }
    // Where the file system knows no locks, writing goes on without one. HDF5_USE_FILE_LOCKING overrides both.
    try Library.call { H5Pset_file_locking($0[list.handle], locking, true) }
    return list
  }

  /// How links are made: with the groups above them, names in UTF-8.
  static func linkCreation() throws(LibraryFailure) -> PropertyList {
    let list = try PropertyList(CHDF5_link_creation_class)
    try Library.call { H5Pset_create_intermediate_group($0[list.handle], 1) }
    try Library.call { H5Pset_char_encoding($0[list.handle], H5T_CSET_UTF8) }
    return list
  }

  static func datasetCreation(_ storage: Storage, elementBytes: Int) throws(LibraryFailure) -> PropertyList {
    let list = try PropertyList(CHDF5_dataset_creation_class)
    // Without time stamps the same content gives the same bytes.
    try Library.call { H5Pset_obj_track_times($0[list.handle], false) }
    guard case .chunked(let chunk, let deflate, _) = storage else { return list }
    try Library.call { unsafe H5Pset_chunk($0[list.handle], Int32(chunk.count), chunk.map(hsize_t.init)) }
    if deflate > 0 {
      // Bytes of the same significance compress better side by side.
      if elementBytes > 1 { try Library.call { H5Pset_shuffle($0[list.handle]) } }
      try Library.call { H5Pset_deflate($0[list.handle], UInt32(deflate)) }
    }
    return list
  }

  /// How elements are moved: a value that the destination's type cannot hold stops the transfer instead of being
  /// clamped.
  static func transfer() throws(LibraryFailure) -> PropertyList {
    let list = try PropertyList(CHDF5_transfer_class)
    try Library.call {
      unsafe H5Pset_type_conv_cb(
        $0[list.handle],
        { exception, source, destination, value, _, _ in
          let isFloat = Datatype.unlockedClass(of: destination) == H5T_FLOAT
          switch exception {
          case H5T_CONV_EXCEPT_PRECISION: return H5T_CONV_UNHANDLED
          case H5T_CONV_EXCEPT_TRUNCATE: return H5T_CONV_ABORT
          case H5T_CONV_EXCEPT_RANGE_HI, H5T_CONV_EXCEPT_RANGE_LOW:
            // The library calls an infinite double too large for a float, although a float can be infinite.
            return unsafe isFloat && Datatype.unlockedIsInfinite(source, value) ? H5T_CONV_UNHANDLED : H5T_CONV_ABORT
          // Infinities and NaN: every float type has them, no integer type does.
          default: return isFloat ? H5T_CONV_UNHANDLED : H5T_CONV_ABORT
          }
        }, nil)
    }
    return list
  }

  /// Takes over the creation properties of a dataset or a group.
  init(creationOf object: Handle) throws(LibraryFailure) {
    handle =
      object.kind == .group
      ? try Handle { H5Gget_create_plist($0[object]) } : try Handle { H5Dget_create_plist($0[object]) }
  }

  /// Whether a group recorded the order in which its members were made.
  var tracksCreationOrder: Bool {
    get throws(LibraryFailure) {
      var flags: UInt32 = 0
      try Library.call { unsafe H5Pget_link_creation_order($0[handle], &flags) }
      return flags & UInt32(H5P_CRT_ORDER_TRACKED) != 0
    }
  }

  var isVirtual: Bool {
    get throws(LibraryFailure) { try layout == H5D_VIRTUAL.rawValue }
  }

  var hasExternalStorage: Bool {
    get throws(LibraryFailure) { try Library.call { H5Pget_external_count($0[handle]) } > 0 }
  }

  /// What was done to chunks, in this order.
  var filters: [Int32] {
    get throws(LibraryFailure) {
      var filters: [Int32] = []
      for index in 0..<(try Library.call { H5Pget_nfilters($0[handle]) }) {
        var (flags, values): (UInt32, Int) = (0, 0)
        filters.append(
          try Library.call {
            unsafe H5Pget_filter2($0[handle], UInt32(index), &flags, &values, nil, 0, nil, nil)
          })
      }
      return filters
    }
  }

  /// The shape of a chunk; nil unless the dataset is chunked.
  func chunk(rank: Int) throws(LibraryFailure) -> [UInt64]? {
    guard try layout == H5D_CHUNKED.rawValue else { return nil }
    var chunk = [hsize_t](repeating: 0, count: rank)
    try Library.call { unsafe H5Pget_chunk($0[handle], Int32(rank), &chunk) }
    return chunk
  }

  private var layout: Int32 {
    get throws(LibraryFailure) { try Library.call { H5Pget_layout($0[handle]).rawValue } }
  }
}
