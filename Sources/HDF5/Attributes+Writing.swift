import CHDF5

extension Attributes {
  /// Writes a variable-length UTF-8 string, as Keras does; it may have any size. An attribute of the name is replaced.
  public func set(_ name: String, _ string: String) throws(HDF5Error) {
    try location.requireNoNUL([name, string])
    try unsafe replace(name, shape: [], type: { () throws(LibraryFailure) in try .string(bytes: nil, unicode: true) }) {
      (write) throws(LibraryFailure) in try unsafe Strings.withPointers([string], write)
    }
  }

  /// Writes a list of strings as Keras does: of one fixed length, padded with NUL; without strings, float64 of shape
  /// (0,).
  ///
  /// The list must take less than 64 KiB (count times the longest string). An attribute of the name is replaced.
  public func set(_ name: String, _ strings: [String]) throws(HDF5Error) {
    guard !strings.isEmpty else { return try set(name, [Double]()) }
    try location.requireNoNUL([name] + strings)
    let size = max(1, strings.map(\.utf8.count).max() ?? 1)
    let unicode = strings.contains { $0.utf8.contains { $0 > 127 } }
    let bytes = strings.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: size - $0.utf8.count) }
    let type = { () throws(LibraryFailure) in try Datatype.string(bytes: size, unicode: unicode) }
    try unsafe replace(name, shape: [strings.count], type: type) { (write) throws(LibraryFailure) in
      try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(LibraryFailure) in
        try unsafe write(UnsafeRawPointer(bytes.baseAddress!))
      }
    }
  }

  /// Writes one number as a scalar. An attribute of the name is replaced.
  public func set<T: Element>(_ name: String, _ value: T) throws(HDF5Error) { try set(name, [value], shape: []) }

  /// Writes numbers as a list. An attribute of the name is replaced.
  public func set<T: Element>(_ name: String, _ values: [T]) throws(HDF5Error) {
    try set(name, values, shape: [values.count])
  }

  private func set<T: Element>(_ name: String, _ values: [T], shape: [Int]) throws(HDF5Error) {
    try location.requireNoNUL([name])
    try unsafe replace(name, shape: shape, type: { () throws(LibraryFailure) in try .native(T.elementType) }) {
      (write) throws(LibraryFailure) in
      guard !values.isEmpty else { return }
      try unsafe values.withUnsafeBufferPointer { (values) throws(LibraryFailure) in
        try unsafe write(UnsafeRawPointer(values.baseAddress!))
      }
    }
  }

  private func replace(
    _ name: String, shape: [Int], type: () throws(LibraryFailure) -> Datatype,
    _ fill: (_ write: (UnsafeRawPointer) throws(LibraryFailure) -> Void) throws(LibraryFailure) -> Void
  ) throws(HDF5Error) {
    let exists = try contains(name)
    try location.attempt(
      "attribute '\(name)' of '\(location.path)' cannot be written",
      "check the space left on the disk, keep lists under 64 KiB, and open the file for writing"
    ) { () throws(LibraryFailure) in
      if exists { try Library.call { unsafe H5Adelete($0[location.handle], name) } }
      let (type, space) = try (type(), Dataspace(shape: shape))
      let attribute = try Handle(in: location.file.handle) {
        unsafe H5Acreate2(
          $0[location.handle], name, $0[type.handle], $0[space.handle], CHDF5_default(), CHDF5_default())
      }
      try unsafe fill { (memory) throws(LibraryFailure) in
        try Library.call { unsafe H5Awrite($0[attribute], $0[type.handle], memory) }
      }
    }
  }
}
