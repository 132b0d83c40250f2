import CHDF5

/// An open object and where it is: what groups, datasets and attributes have in common.
struct Location: Sendable {
  let file: File
  let handle: Handle
  /// From the root, without soft links.
  let path: String

  static let unreadableAdvice =
    "if the file is damaged, copy it again; if a newer release of HDF5 wrote it, write it again with libver='v110'"

  func failure(_ problem: String) -> HDF5Error { HDF5Error(file: file.path, problem: problem) }

  /// Runs library calls; a failure becomes `file: problem (the library's reason): advice.`
  @discardableResult
  func attempt<Result>(
    _ problem: @autoclosure () -> String, _ advice: String, _ body: () throws(LibraryFailure) -> Result
  ) throws(HDF5Error) -> Result {
    try file.requireIntact()
    // The file closes with the last reference to it, which must not go before the call.
    defer { withExtendedLifetime(file) {} }
    do {
      return try body()
    } catch {
      if error.systemText != nil { file.abandon() }
      throw HDF5Error(file: file.path, problem: "\(problem()) (\(error.text)): \(advice)", libraryStack: error.stack)
    }
  }

  /// The same for what describes a file, where a failure means that the file is damaged or too new.
  @discardableResult
  func inspect<Result>(_ body: () throws(LibraryFailure) -> Result) throws(HDF5Error) -> Result {
    try attempt("'\(path)' cannot be read", Location.unreadableAdvice, body)
  }

  /// Bytes that a declared shape takes; refuses what no memory can hold.
  func byteCount(_ dimensions: [UInt64], elementBytes: Int, _ name: @autoclosure () -> String) throws(HDF5Error) -> Int
  {
    if dimensions.contains(0) { return 0 }
    var bytes = UInt64(elementBytes)
    for dimension in dimensions {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
      guard !overflow && product <= UInt64(Int.max) else {
        let shape = dimensions.map(String.init).joined(separator: ", ")
        throw failure(
          "\(name()) declares the shape (\(shape)), more than any memory holds: the file may be damaged, copy it again")
      }
      bytes = product
    }
    return Int(bytes)
  }

  /// Refuses to allocate what a file merely claims to hold.
  ///
  /// - Parameters:
  ///   - bytes: that the elements take in the file, before compression.
  ///   - compressed: whether filters apply. Deflate shrinks at most 1032 times (zlib.net/zlib_tech.html).
  func requireRoom(for bytes: Int, compressed: Bool, _ name: @autoclosure () -> String) throws(HDF5Error) {
    // What was never written takes no space, so small arrays are let through.
    guard bytes > 1 << 20 else { return }
    let stored = try inspect { () throws(LibraryFailure) in try file.byteCount }
    let (most, overflow) = stored.multipliedReportingOverflow(by: compressed ? 1032 : 1)
    guard overflow || bytes <= most else {
      throw failure(
        "\(name()) declares \(bytes) bytes, more than this file of \(stored) bytes can hold: "
          + "it may be damaged, copy it again"
      )
    }
  }

  /// The library's strings end at the first NUL, so none may lie inside.
  func requireNoNUL(_ strings: [String]) throws(HDF5Error) {
    guard let string = strings.first(where: { $0.utf8.contains(0) }) else { return }
    throw failure("the text '\(string.prefix(40).filter { $0 != "\0" })' contains a NUL character: remove it")
  }
}
