import CHDF5

/// A datatype of the library: how elements look in a file or in memory.
struct Datatype {
  let handle: Handle

  init(ofDataset dataset: Handle) throws(LibraryFailure) { handle = try Handle { H5Dget_type($0[dataset]) } }

  init(ofAttribute attribute: Handle) throws(LibraryFailure) { handle = try Handle { H5Aget_type($0[attribute]) } }

  private init(copying type: () -> hid_t) throws(LibraryFailure) { handle = try Handle { _ in H5Tcopy(type()) } }

  /// The type of an `Element` in memory.
  static func native(_ type: ElementType) throws(LibraryFailure) -> Datatype {
    switch type {
    case .int8: try Datatype(copying: CHDF5_native_int8)
    case .uint8: try Datatype(copying: CHDF5_native_uint8)
    case .int16: try Datatype(copying: CHDF5_native_int16)
    case .uint16: try Datatype(copying: CHDF5_native_uint16)
    case .int32: try Datatype(copying: CHDF5_native_int32)
    case .uint32: try Datatype(copying: CHDF5_native_uint32)
    case .int64: try Datatype(copying: CHDF5_native_int64)
    case .uint64: try Datatype(copying: CHDF5_native_uint64)
    case .float32: try Datatype(copying: CHDF5_native_float)
    case .float64: try Datatype(copying: CHDF5_native_double)
    case .float16, .string, .opaque, .other: preconditionFailure("no Swift type holds \(type) elements")
    }
  }

  /// Strings of `bytes` bytes each padded with NUL, or of any length if nil.
  static func string(bytes: Int?, unicode: Bool) throws(LibraryFailure) -> Datatype {
    let type = try Datatype(copying: CHDF5_string)
    try Library.call { H5Tset_size($0[type.handle], bytes ?? CHDF5_variable_length()) }
    try Library.call { H5Tset_cset($0[type.handle], unicode ? H5T_CSET_UTF8 : H5T_CSET_ASCII) }
    if bytes != nil { try Library.call { H5Tset_strpad($0[type.handle], H5T_STR_NULLPAD) } }
    return type
  }

  /// Bytes of one element; of a pointer for strings of any length.
  var byteCount: Int {
    // Zero would be the library's sign of failure, which cannot happen for a valid type.
    Library.constant { H5Tget_size($0[handle]) }
  }

  var isVariableString: Bool {
    get throws(LibraryFailure) { try Library.call { H5Tis_variable_str($0[handle]) } > 0 }
  }

  var isUnicode: Bool {
    get throws(LibraryFailure) { try Library.call { H5Tget_cset($0[handle]).rawValue } == H5T_CSET_UTF8.rawValue }
  }

  var isSpacePadded: Bool {
    get throws(LibraryFailure) { try padding == H5T_STR_SPACEPAD.rawValue }
  }

  var isNullTerminated: Bool {
    get throws(LibraryFailure) { try padding == H5T_STR_NULLTERM.rawValue }
  }

  var elementType: ElementType {
    get throws(LibraryFailure) {
      switch Library.constant({ Datatype.unlockedClass(of: $0[handle]) }) {
      // Enumerations are numbers with names; a boolean of h5py is one.
      case H5T_INTEGER, H5T_ENUM: try integerType
      case H5T_FLOAT: [2: .float16, 4: .float32, 8: .float64][byteCount] ?? .other("float of \(byteCount) bytes")
      case H5T_STRING: .string
      case H5T_OPAQUE: .opaque(bytes: byteCount)
      case H5T_BITFIELD: .other("bit field")
      case H5T_COMPOUND: .other("compound")
      case H5T_REFERENCE: .other("reference")
      case H5T_VLEN: .other("variable-length array")
      case H5T_ARRAY: .other("array")
      default: .other("unknown")
      }
    }
  }

  /// The class of a type, for use where the lock is already held.
  static func unlockedClass(of id: hid_t) -> H5T_class_t { H5Tget_class(id) }

  /// Whether a value is an infinite Double in memory, for use where the lock is already held.
  @unsafe static func unlockedIsInfinite(_ type: hid_t, _ value: UnsafeMutableRawPointer?) -> Bool {
    guard H5Tequal(type, CHDF5_native_double()) > 0, let value = unsafe value else { return false }
    return unsafe value.loadUnaligned(as: Double.self).isInfinite
  }

  private var integerType: ElementType {
    get throws(LibraryFailure) {
      let signed = try Library.call { H5Tget_sign($0[handle]).rawValue } == H5T_SGN_2.rawValue
      let types: [Int: ElementType] =
        signed ? [1: .int8, 2: .int16, 4: .int32, 8: .int64] : [1: .uint8, 2: .uint16, 4: .uint32, 8: .uint64]
      return types[byteCount] ?? .other("integer of \(byteCount) bytes")
    }
  }

  private var padding: Int32 {
    get throws(LibraryFailure) { try Library.call { H5Tget_strpad($0[handle]).rawValue } }
  }
}
