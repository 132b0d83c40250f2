import CHDF5

extension Dataset {
  /// Writes elements, last axis fastest, converting them to the type of the file.
  ///
  /// - Parameters:
  ///   - rows: which slices of the first axis; all elements if nil.
  ///   - values: exactly those elements.
  public func write<T: Element>(_ values: [T], rows: Range<Int>? = nil) throws(HDF5Error) {
    // Not `values.span`: the optimiser of Swift 6.3.1 believes that a generic function which takes the span of its
    // argument never reads the elements, and removes the caller's stores of them.
    try unsafe values.withUnsafeBufferPointer { (values) throws(HDF5Error) in try unsafe write(values, rows: rows) }
  }

  /// The same straight from memory.
  public func write<T: Element>(_ values: Span<T>, rows: Range<Int>? = nil) throws(HDF5Error) {
    try unsafe values.withUnsafeBufferPointer { (values) throws(HDF5Error) in try unsafe write(values, rows: rows) }
  }

  /// The same straight from memory.
  @unsafe public func write<T: Element>(_ values: UnsafeBufferPointer<T>, rows: Range<Int>? = nil) throws(HDF5Error) {
    try requireNumbers(as: T.self)
    requireExactly(values.count, rows)
    guard let address = values.baseAddress, values.count > 0 else { return }
    try writing { () throws(LibraryFailure) in
      try unsafe write(rows: rows, as: Datatype.native(T.elementType), from: address)
    }
  }

  /// Writes strings into a dataset of variable-length strings.
  func write(_ strings: [String]) throws(HDF5Error) {
    precondition(strings.count == count, "\(strings.count) strings for the shape \(shape)")
    guard count > 0 else { return }
    try location.requireNoNUL(strings)
    try writing { () throws(LibraryFailure) in
      let type = try Datatype.string(bytes: nil, unicode: true)
      try unsafe Strings.withPointers(strings) { (pointers) throws(LibraryFailure) in
        try unsafe write(rows: nil, as: type, from: pointers)
      }
    }
  }

  @unsafe private func write(
    rows: Range<Int>?, as type: Datatype, from memory: UnsafeRawPointer
  ) throws(LibraryFailure) {
    try transfer(rows) { identifiers, memorySpace, fileSpace, list in
      unsafe H5Dwrite(
        identifiers[location.handle], identifiers[type.handle], memorySpace, fileSpace, list, memory)
    }
  }

  private func writing(_ body: () throws(LibraryFailure) -> Void) throws(HDF5Error) {
    try location.attempt(
      "'\(path)' cannot be written",
      "check the space left on the disk, the values, and that the file is open for writing",
      body)
  }
}
