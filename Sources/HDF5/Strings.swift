import CHDF5
import Glibc

/// Strings between Swift and the library, whose memory is an array of pointers or of padded fields.
enum Strings {
  /// Reads strings as bytes, without padding.
  ///
  /// - Parameter transfer: fills memory with elements of a type.
  static func read(
    count: Int, type: Datatype,
    _ transfer: (_ type: Datatype, _ memory: UnsafeMutableRawPointer) throws(LibraryFailure) -> Void
  ) throws(LibraryFailure) -> [[UInt8]] {
    guard count > 0 else { return [] }
    return try unsafe type.isVariableString
      ? readVariable(count: count, unicode: type.isUnicode, transfer) : readFixed(count: count, type: type, transfer)
  }

  /// Turns bytes into strings; refuses what is not UTF-8.
  static func decode(_ strings: [[UInt8]], _ location: Location, _ name: String) throws(HDF5Error) -> [String] {
    var decoded: [String] = []
    for bytes in strings {
      guard let string = String(validating: bytes, as: UTF8.self) else {
        throw location.failure("\(name) holds text that is not UTF-8: write it again as UTF-8")
      }
      decoded.append(string)
    }
    return decoded
  }

  /// Calls `body` with an array of pointers to NUL-terminated strings.
  static func withPointers(
    _ strings: [String], _ body: (UnsafeRawPointer) throws(LibraryFailure) -> Void
  ) throws(LibraryFailure) {
    let terminated = strings.map { Array($0.utf8) + [0] }
    let bytes = terminated.flatMap { $0 }
    try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(LibraryFailure) in
      var offset = 0
      let pointers = unsafe terminated.map { string in
        defer { offset += string.count }
        return unsafe bytes.baseAddress! + offset
      }
      try unsafe pointers.withUnsafeBufferPointer { (pointers) throws(LibraryFailure) in
        try unsafe body(UnsafeRawPointer(pointers.baseAddress!))
      }
    }
  }

  private static func readVariable(
    count: Int, unicode: Bool, _ transfer: (Datatype, UnsafeMutableRawPointer) throws(LibraryFailure) -> Void
  ) throws(LibraryFailure) -> [[UInt8]] {
    var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    // What was allocated before a failure in the middle is given back as well.
    defer {
      for index in unsafe pointers.indices {
        guard let pointer = unsafe pointers[index] else { continue }
        _ = try? Library.call { _ in unsafe H5free_memory(pointer) }
      }
    }
    try unsafe transfer(Datatype.string(bytes: nil, unicode: unicode), &pointers)
    // An empty string may be stored as no string at all.
    return unsafe pointers.map { pointer in
      guard let pointer = unsafe pointer else { return [] }
      let length = unsafe strlen(pointer)
      return unsafe UnsafeRawBufferPointer(start: pointer, count: length).map { $0 }
    }
  }

  private static func readFixed(
    count: Int, type: Datatype, _ transfer: (Datatype, UnsafeMutableRawPointer) throws(LibraryFailure) -> Void
  ) throws(LibraryFailure) -> [[UInt8]] {
    let size = type.byteCount
    var bytes = [UInt8](repeating: 0, count: count * size)
    try unsafe transfer(type, &bytes)
    let (terminated, padding) = try (type.isNullTerminated, type.isSpacePadded ? UInt8(ascii: " ") : 0)
    return stride(from: 0, to: bytes.count, by: size).map { start in
      let field = bytes[start..<start + size]
      if terminated { return Array(field.prefix { $0 != 0 }) }
      let end = field.lastIndex { $0 != padding }.map { $0 + 1 } ?? start
      return Array(field[..<end])
    }
  }
}
