import CHDF5

/// A group: a folder of groups and datasets. Names with "/" are paths, relative to the group or from the root if they
/// start with "/". Nothing outside the file is ever followed.
public struct Group: Sendable {
  let location: Location

  /// From the root of the file.
  public var path: String { location.path }

  public var attributes: Attributes { Attributes(location: location) }

  /// Names of the members: in the order in which they were made if the group recorded it, else alphabetically.
  public func names() throws(HDF5Error) -> [String] {
    var names: [String] = []
    try location.inspect { () throws(LibraryFailure) in
      let byCreation = try PropertyList(creationOf: location.handle).tracksCreationOrder
      try unsafe withUnsafeMutablePointer(to: &names) { (names) throws(LibraryFailure) in
        _ = try Library.call {
          unsafe CHDF5_link_names(
            $0[location.handle], byCreation ? 1 : 0,
            { name, names in
              guard let name = unsafe name else { return }
              unsafe names?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
            }, names)
        }
      }
    }
    return names
  }

  /// What a path leads to; nil if it does not exist.
  public func kind(of path: String) throws(HDF5Error) -> ObjectKind? {
    guard case .found(let found) = try location.find(path) else { return nil }
    return found.kind
  }

  public func contains(_ path: String) throws(HDF5Error) -> Bool { try kind(of: path) != nil }

  /// Opens a group.
  public func group(_ path: String) throws(HDF5Error) -> Group { Group(location: try open(path, .group)) }

  /// Opens a dataset.
  public func dataset(_ path: String) throws(HDF5Error) -> Dataset { try Dataset(location: open(path, .dataset)) }

  /// Makes a group, and those above it. A group that exists already is opened.
  @discardableResult
  public func createGroup(_ path: String) throws(HDF5Error) -> Group {
    switch try location.find(path) {
    case .found(let found):
      guard found.kind == .group else {
        throw location.failure("'\(found.path)' is a \(found.kindName), not a group: choose another name")
      }
      return Group(location: found)
    case .missing(let parent, let remaining):
      return Group(
        location: try create(remaining, in: parent) { (name) throws(LibraryFailure) in
          let links = try PropertyList.linkCreation()
          return try Handle(in: parent.file.handle) {
            unsafe H5Gcreate2($0[parent.handle], name, $0[links.handle], CHDF5_default(), CHDF5_default())
          }
        })
    }
  }

  /// Makes a dataset, and the groups above it. Its elements are undefined until they are written.
  ///
  /// - Parameter shape: sizes of all axes; empty for a scalar.
  public func createDataset<T: Element>(
    _ path: String, shape: [Int], of type: T.Type, storage: Storage = .contiguous
  ) throws(HDF5Error) -> Dataset {
    try createDataset(path, shape: shape, storage: storage) { () throws(LibraryFailure) in
      try Datatype.native(T.elementType)
    }
  }

  /// Makes a dataset of variable-length UTF-8 strings and writes it.
  @discardableResult
  public func write(_ path: String, _ strings: [String], shape: [Int]? = nil) throws(HDF5Error) -> Dataset {
    let dataset = try createDataset(path, shape: shape ?? [strings.count], storage: .contiguous) {
      () throws(LibraryFailure) in try Datatype.string(bytes: nil, unicode: true)
    }
    try dataset.write(strings)
    return dataset
  }

  /// Makes a dataset and writes it.
  ///
  /// - Parameter shape: sizes of all axes; one axis unless given, empty for a scalar.
  @discardableResult
  public func write<T: Element>(
    _ path: String, _ values: [T], shape: [Int]? = nil, storage: Storage = .contiguous
  ) throws(HDF5Error) -> Dataset {
    let dataset = try createDataset(path, shape: shape ?? [values.count], of: T.self, storage: storage)
    try dataset.write(values)
    return dataset
  }

  /// Makes a dataset and writes it straight from memory.
  @discardableResult
  public func write<T: Element>(
    _ path: String, _ values: Span<T>, shape: [Int]? = nil, storage: Storage = .contiguous
  ) throws(HDF5Error) -> Dataset {
    let dataset = try createDataset(path, shape: shape ?? [values.count], of: T.self, storage: storage)
    try dataset.write(values)
    return dataset
  }

  private func createDataset(
    _ path: String, shape: [Int], storage: Storage, type: () throws(LibraryFailure) -> Datatype
  ) throws(HDF5Error) -> Dataset {
    precondition(shape.allSatisfy { $0 >= 0 }, "a size is negative: \(shape)")
    var growable = false
    if case .chunked(let chunk, let deflate, let grows) = storage {
      precondition(!shape.isEmpty && chunk.count == shape.count, "chunks of \(chunk) do not divide the shape \(shape)")
      precondition(chunk.allSatisfy { $0 > 0 } && (0...9).contains(deflate), "chunk \(chunk), deflate level \(deflate)")
      growable = grows
    }
    switch try location.find(path) {
    case .found(let found): throw location.failure("'\(found.path)' exists already: choose another name")
    case .missing(let parent, let remaining):
      let created = try create(remaining, in: parent) { (name) throws(LibraryFailure) in
        let type = try type()
        let space = try Dataspace(shape: shape, growable: growable)
        let links = try PropertyList.linkCreation()
        let creation = try PropertyList.datasetCreation(storage, elementBytes: type.byteCount)
        return try Handle(in: parent.file.handle) {
          unsafe H5Dcreate2(
            $0[parent.handle], name, $0[type.handle], $0[space.handle], $0[links.handle], $0[creation.handle],
            CHDF5_default())
        }
      }
      return try Dataset(location: created)
    }
  }

  private func create(
    _ remaining: [Substring], in parent: Location, _ body: (_ name: String) throws(LibraryFailure) -> Handle
  ) throws(HDF5Error) -> Location {
    let name = remaining.joined(separator: "/")
    let path = parent.path == "/" ? "/\(name)" : "\(parent.path)/\(name)"
    let handle = try location.attempt(
      "'\(path)' cannot be made", "check the space left on the disk, and that the file is open for writing"
    ) {
      () throws(LibraryFailure) in try body(name)
    }
    return Location(file: location.file, handle: handle, path: path)
  }

  private func open(_ path: String, _ kind: ObjectKind) throws(HDF5Error) -> Location {
    switch try location.find(path) {
    case .found(let found) where found.kind == kind: return found
    case .found(let found):
      let contents = found.kind == .group ? "; \(try found.contents())" : ""
      throw location.failure("'\(found.path)' is a \(found.kindName), not a \(kind.rawValue)\(contents)")
    case .missing(let parent, let remaining):
      let missing = (parent.path == "/" ? "" : parent.path) + "/" + remaining.joined(separator: "/")
      throw location.failure("no \(kind.rawValue) '\(missing)'; \(try parent.contents())")
    }
  }
}
