import CHDF5

extension Dataset {
  /// All elements, converted to `T`, last axis fastest.
  ///
  /// - Parameter limit: bytes that may be allocated.
  public func read<T: Element>(_ type: T.Type = T.self, limit: Int = Dataset.defaultLimit) throws(HDF5Error) -> [T] {
    try requireNumbers(as: T.self)
    try requireRoom(memoryBytes: MemoryLayout<T>.stride, limit: limit)
    var failure: HDF5Error?
    let values = unsafe [T](unsafeUninitializedCapacity: count) { memory, initialized in
      do throws(HDF5Error) {
        try unsafe read(into: UnsafeMutableBufferPointer(rebasing: memory[..<count]))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  /// Elements into memory that the caller has, converted to `T`, last axis fastest. Nothing is copied on the way unless
  /// the file has another type or chunks.
  ///
  /// - Parameters:
  ///   - rows: which slices of the first axis; all elements if nil.
  ///   - memory: room for exactly those elements.
  @unsafe public func read<T: Element>(
    rows: Range<Int>? = nil, into memory: UnsafeMutableBufferPointer<T>
  ) throws(HDF5Error) {
    try requireNumbers(as: T.self)
    requireExactly(memory.count, rows)
    guard let address = memory.baseAddress, memory.count > 0 else { return }
    try reading("as \(T.elementType)") { () throws(LibraryFailure) in
      try unsafe read(rows: rows, as: Datatype.native(T.elementType), into: address)
    }
  }

  /// The same into a span.
  public func read<T: Element>(rows: Range<Int>? = nil, into memory: inout MutableSpan<T>) throws(HDF5Error) {
    try unsafe memory.withUnsafeMutableBufferPointer { (memory) throws(HDF5Error) in
      try unsafe read(rows: rows, into: memory)
    }
  }

  /// All strings, of variable or fixed length, without their padding.
  public func readStrings(limit: Int = Dataset.defaultLimit) throws(HDF5Error) -> [String] {
    guard elementType == .string else { throw wrongType("strings") }
    try requireRoom(memoryBytes: MemoryLayout<Int>.stride, limit: limit)
    let strings = try reading("as strings") { () throws(LibraryFailure) in
      try unsafe Strings.read(count: count, type: Datatype(ofDataset: location.handle)) {
        (type, memory) throws(LibraryFailure) in
        try unsafe read(rows: nil, as: type, into: memory)
      }
    }
    return try Strings.decode(strings, location, "'\(path)'")
  }

  /// All elements byte by byte as they are in the file, for opaque types such as the bfloat16 of Keras.
  public func readOpaque(limit: Int = Dataset.defaultLimit) throws(HDF5Error) -> [UInt8] {
    guard case .opaque = elementType else { throw wrongType("opaque bytes") }
    try requireRoom(memoryBytes: elementBytes, limit: limit)
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count * elementBytes)
    try reading("as opaque bytes") { () throws(LibraryFailure) in
      try unsafe read(rows: nil, as: Datatype(ofDataset: location.handle), into: &bytes)
    }
    return bytes
  }

  @unsafe private func read(
    rows: Range<Int>?, as type: Datatype, into memory: UnsafeMutableRawPointer
  ) throws(LibraryFailure) {
    if let chunkCheck { try chunkCheck.require(rows ?? 0..<shape[0], of: shape, in: location.handle) }
    try transfer(rows) { identifiers, memorySpace, fileSpace, list in
      unsafe H5Dread(
        identifiers[location.handle], identifiers[type.handle], memorySpace, fileSpace, list, memory)
    }
  }

  private func reading<Result>(
    _ form: String, _ body: () throws(LibraryFailure) -> Result
  ) throws(HDF5Error) -> Result {
    try location.requireRoom(for: chunkBytes, compressed: isCompressed, "a chunk of '\(path)'")
    return try location.attempt(
      "'\(path)' (\(elementType)) cannot be read \(form)", "a value may not fit that type, or the file may be damaged",
      body)
  }

  private func requireRoom(memoryBytes: Int, limit: Int) throws(HDF5Error) {
    try location.requireRoom(for: count * elementBytes, compressed: isCompressed, "'\(path)' of shape \(shape)")
    guard count * memoryBytes <= limit else {
      throw location.failure(
        "'\(path)' of shape \(shape) takes \(count * memoryBytes) bytes, over the limit of \(limit): read it in parts")
    }
  }

  private func wrongType(_ wanted: String) -> HDF5Error {
    location.failure("'\(path)' holds elements of type \(elementType), not \(wanted): check the path")
  }

  func requireNumbers<T: Element>(as type: T.Type) throws(HDF5Error) {
    guard elementType.isNumber else { throw wrongType("numbers") }
  }

  func requireExactly(_ elements: Int, _ rows: Range<Int>?) {
    guard let rows else { return precondition(elements == count, "memory for \(elements) elements, not \(count)") }
    precondition(
      !shape.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= shape[0], "rows \(rows) of the shape \(shape)")
    precondition(
      elements == rows.count * rowCount, "memory for \(elements) elements, not \(rows.count) rows of \(rowCount)")
  }

  /// Makes the dataspaces and options that reading and writing have in common.
  func transfer(
    _ rows: Range<Int>?,
    _ body: (inout Handle.Identifiers, _ memorySpace: hid_t, _ fileSpace: hid_t, _ list: hid_t) -> herr_t
  ) throws(LibraryFailure) {
    let list = try PropertyList.transfer()
    guard let rows else {
      try Library.call { identifiers in
        let list = identifiers[list.handle]
        return body(&identifiers, CHDF5_whole_space(), CHDF5_whole_space(), list)
      }
      return
    }
    let fileSpace = try Dataspace(ofDataset: location.handle)
    try fileSpace.select(rows: rows, of: shape)
    let memorySpace = try Dataspace(shape: [rows.count] + shape.dropFirst())
    try Library.call { identifiers in
      let (memory, file, list) = (
        identifiers[memorySpace.handle], identifiers[fileSpace.handle], identifiers[list.handle]
      )
      return body(&identifiers, memory, file, list)
    }
  }
}
