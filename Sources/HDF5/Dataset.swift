import CHDF5

/// An array in a file. Rows are slices along its first axis.
public struct Dataset: Sendable {
  /// Bytes that reading a whole dataset may allocate, unless the caller says otherwise: 64 GiB.
  public static let defaultLimit = 64 << 30

  let location: Location
  /// Sizes of all axes when the dataset was opened, made or resized here; empty for a scalar.
  public private(set) var shape: [Int]
  public let elementType: ElementType
  /// Bytes of one element in the file.
  let elementBytes: Int
  /// Bytes of one chunk, uncompressed; 0 without chunks.
  let chunkBytes: Int
  let isCompressed: Bool
  /// For datasets whose chunks somebody else has compressed.
  let chunkCheck: ChunkCheck?

  /// From the root of the file.
  public var path: String { location.path }

  public var attributes: Attributes { Attributes(location: location) }

  /// Elements in all.
  public var count: Int { shape.reduce(1, *) }

  /// Elements in one row.
  public var rowCount: Int { shape.dropFirst().reduce(1, *) }

  /// Where the elements lie in the file, in bytes from its start; nil where they are not one run of bytes: in chunks,
  /// in the header, or nowhere yet.
  public func byteRange() throws(HDF5Error) -> Range<Int>? {
    try location.inspect { () throws(LibraryFailure) in
      let offset = Library.constant { H5Dget_offset($0[location.handle]) }
      let count = Library.constant { H5Dget_storage_size($0[location.handle]) }
      guard let start = Int(exactly: offset), let bytes = Int(exactly: count), bytes > 0 else { return nil }
      return start..<start + bytes
    }
  }

  /// Opening refuses storage outside the file and shapes that no file can have; reading checks what it allocates.
  init(location: Location) throws(HDF5Error) {
    self.location = location
    let handle = location.handle
    let creation = try location.inspect { () throws(LibraryFailure) in try PropertyList(creationOf: handle) }
    // Before anything that could make the library open other files.
    guard try !location.inspect({ () throws(LibraryFailure) in try creation.isVirtual }) else {
      throw location.failure(
        "'\(location.path)' is a virtual dataset, whose data lie in other files: copy the data itself into the file")
    }
    guard try !location.inspect({ () throws(LibraryFailure) in try creation.hasExternalStorage }) else {
      throw location.failure(
        "'\(location.path)' keeps its data in another file (external storage): copy the data itself into the file")
    }
    let type = try location.inspect { () throws(LibraryFailure) in try Datatype(ofDataset: handle) }
    let dimensions = try location.inspect { () throws(LibraryFailure) in try Dataspace(ofDataset: handle).dimensions }
    elementType = try location.inspect { () throws(LibraryFailure) in try type.elementType }
    elementBytes = type.byteCount
    let filters = try location.inspect { () throws(LibraryFailure) in try creation.filters }
    isCompressed = !filters.isEmpty
    // Every count below fits an Int, in the file and as any Swift element.
    _ = try location.byteCount(dimensions, elementBytes: max(elementBytes, 16), "'\(location.path)'")
    shape = dimensions.map(Int.init)
    let chunk = try location.inspect { () throws(LibraryFailure) in try creation.chunk(rank: dimensions.count) }
    guard let chunk else {
      (chunkBytes, chunkCheck) = (0, nil)
      return
    }
    chunkBytes = try location.byteCount(chunk, elementBytes: elementBytes, "a chunk of '\(location.path)'")
    chunkCheck =
      isCompressed && !location.file.isOwn
      ? ChunkCheck(chunk: chunk.map(Int.init), bytes: chunkBytes, filters: filters) : nil
  }

  /// Changes the number of rows of a growable dataset.
  public mutating func resize(rows: Int) throws(HDF5Error) {
    precondition(!shape.isEmpty && rows >= 0)
    var resized = shape
    resized[0] = rows
    let dimensions = resized.map(hsize_t.init)
    try location.attempt(
      "'\(path)' cannot be resized to \(rows) rows", "make it growable, and open the file for writing"
    ) {
      () throws(LibraryFailure) in
      try Library.call { unsafe H5Dset_extent($0[location.handle], dimensions) }
    }
    shape = resized
  }
}
