import CHDF5

/// The attributes of a group or a dataset; those of the root group belong to the file.
public struct Attributes: Sendable {
  let location: Location

  /// Names in alphabetical order.
  public func names() throws(HDF5Error) -> [String] {
    var names: [String] = []
    try location.inspect { () throws(LibraryFailure) in
      try unsafe withUnsafeMutablePointer(to: &names) { (names) throws(LibraryFailure) in
        _ = try Library.call {
          unsafe CHDF5_attribute_names(
            $0[location.handle],
            { name, names in
              guard let name = unsafe name else { return }
              unsafe names?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
            }, names)
        }
      }
    }
    return names
  }

  public func contains(_ name: String) throws(HDF5Error) -> Bool {
    try location.requireNoNUL([name])
    return try location.inspect { () throws(LibraryFailure) in
      try Library.call { unsafe H5Aexists($0[location.handle], name) } > 0
    }
  }

  /// Sizes of all axes; empty for a scalar.
  public func shape(_ name: String) throws(HDF5Error) -> [Int] { try open(name).shape }

  public func elementType(_ name: String) throws(HDF5Error) -> ElementType { try open(name).elementType }

  /// A string, of variable or fixed length and of any size.
  public func string(_ name: String) throws(HDF5Error) -> String {
    let strings = try strings(name)
    guard strings.count == 1 else { throw failure(name, "holds \(strings.count) strings, not one") }
    return strings[0]
  }

  /// Strings, of variable or fixed length. A list of numbers without elements counts as one without strings, because
  /// that is what Keras writes for it.
  public func strings(_ name: String) throws(HDF5Error) -> [String] {
    let attribute = try open(name)
    if attribute.elementType.isNumber && attribute.count == 0 { return [] }
    guard attribute.elementType == .string else {
      throw failure(name, "holds elements of type \(attribute.elementType), not strings")
    }
    let strings = try reading(name, "as strings") { () throws(LibraryFailure) in
      try unsafe Strings.read(count: attribute.count, type: Datatype(ofAttribute: attribute.handle)) {
        (type, memory) throws(LibraryFailure) in try unsafe read(attribute, as: type, into: memory)
      }
    }
    return try Strings.decode(strings, location, "attribute '\(name)' of '\(location.path)'")
  }

  /// One number, converted to `T`.
  public func value<T: Element>(_ name: String, as type: T.Type = T.self) throws(HDF5Error) -> T {
    let values = try values(name, as: T.self)
    guard values.count == 1 else { throw failure(name, "holds \(values.count) numbers, not one") }
    return values[0]
  }

  /// Numbers, converted to `T`.
  public func values<T: Element>(_ name: String, as type: T.Type = T.self) throws(HDF5Error) -> [T] {
    let attribute = try open(name)
    guard attribute.elementType.isNumber else {
      throw failure(name, "holds elements of type \(attribute.elementType), not numbers")
    }
    guard attribute.count > 0 else { return [] }
    return try reading(name, "as \(T.elementType)") { () throws(LibraryFailure) in
      let type = try Datatype.native(T.elementType)
      var failure: LibraryFailure?
      let values = unsafe [T](unsafeUninitializedCapacity: attribute.count) { memory, initialized in
        do throws(LibraryFailure) {
          try unsafe read(attribute, as: type, into: UnsafeMutableRawPointer(memory.baseAddress!))
          initialized = attribute.count
        } catch let error {
          failure = error
        }
      }
      if let failure { throw failure }
      return values
    }
  }

  /// Type, shape and value as bytes that are the same whenever these are: for digests.
  public func bytes(_ name: String) throws(HDF5Error) -> [UInt8] {
    let attribute = try open(name)
    let heading = [UInt8]("\(attribute.elementType) \(attribute.shape)\n".utf8)
    if attribute.elementType == .string { return heading + (try strings(name)).flatMap { [UInt8]($0.utf8) + [0] } }
    guard attribute.elementType.isNumber else {
      throw failure(name, "holds elements of type \(attribute.elementType), which cannot be compared")
    }
    guard attribute.count > 0 else { return heading }
    return try reading(name, "byte by byte") { () throws(LibraryFailure) in
      let type = try Datatype(ofAttribute: attribute.handle)
      var bytes = [UInt8](repeating: 0, count: attribute.count * type.byteCount)
      try unsafe read(attribute, as: type, into: &bytes)
      return heading + bytes
    }
  }

  private struct Attribute {
    let handle: Handle
    let shape: [Int]
    let elementType: ElementType
    var count: Int { shape.reduce(1, *) }
  }

  private func open(_ name: String) throws(HDF5Error) -> Attribute {
    guard try contains(name) else {
      let names = try names()
      let contents =
        names.isEmpty ? "it has none" : "it has " + names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
      throw location.failure("'\(location.path)' has no attribute '\(name)'; \(contents)\(rest)")
    }
    let (handle, type, dimensions) = try reading(name, "") { () throws(LibraryFailure) in
      let handle = try Handle(in: location.file.handle) { unsafe H5Aopen($0[location.handle], name, CHDF5_default()) }
      return try (handle, Datatype(ofAttribute: handle), Dataspace(ofAttribute: handle).dimensions)
    }
    let label = "attribute '\(name)' of '\(location.path)'"
    _ = try location.byteCount(dimensions, elementBytes: max(type.byteCount, 16), label)
    try location.requireRoom(
      for: location.byteCount(dimensions, elementBytes: type.byteCount, label), compressed: false, label)
    let elementType = try reading(name, "") { () throws(LibraryFailure) in try type.elementType }
    return Attribute(handle: handle, shape: dimensions.map(Int.init), elementType: elementType)
  }

  @unsafe private func read(
    _ attribute: Attribute, as type: Datatype, into memory: UnsafeMutableRawPointer
  ) throws(LibraryFailure) {
    try Library.call { unsafe H5Aread($0[attribute.handle], $0[type.handle], memory) }
  }

  private func reading<Result>(
    _ name: String, _ form: String, _ body: () throws(LibraryFailure) -> Result
  ) throws(HDF5Error) -> Result {
    try location.attempt(
      "attribute '\(name)' of '\(location.path)' cannot be read\(form.isEmpty ? "" : " " + form)",
      form.isEmpty ? Location.unreadableAdvice : "a value may not fit that type, or the file may be damaged", body)
  }

  private func failure(_ name: String, _ problem: String) -> HDF5Error {
    location.failure("attribute '\(name)' of '\(location.path)' \(problem): check the file's origin")
  }
}
