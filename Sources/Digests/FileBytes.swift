import Glibc

/// The bytes of a file, whatever they mean.
@safe
public final class FileBytes {
  public let path: String
  /// Bytes when it was opened.
  public let count: Int
  private let descriptor: Int32

  public init(reading path: String) throws(FileBytesError) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileBytesError(path, "cannot be opened") }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileBytesError(file: path, problem: "is not a file")
    }
    count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  public func read(_ range: Range<Int>) throws(FileBytesError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    try unsafe forEachPart(of: range) { unsafe bytes.append(contentsOf: $0) }
    return bytes
  }

  /// SHA-256 of some parts, one after the other.
  public func digest(of ranges: [Range<Int>]) throws(FileBytesError) -> String {
    let hash = SHA256()
    for range in ranges { try unsafe forEachPart(of: range) { unsafe hash.update($0) } }
    return hash.finish()
  }

  /// Writes behind the last byte of a file.
  public static func append(_ text: String, to path: String) throws(FileBytesError) {
    let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileBytesError(path, "cannot be opened") }
    defer { close(descriptor) }
    let bytes = [UInt8](text.utf8)
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress! + done, $0.count - done) }
      guard written > 0 else {
        if written < 0, errno == EINTR { continue }
        throw FileBytesError(path, "cannot be written")
      }
      done += written
    }
  }

  private func forEachPart(of range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) throws(FileBytesError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of a file of \(count) bytes")
    var part = [UInt8](repeating: 0, count: min(range.count, 1 << 20))
    var position = range.lowerBound
    while position < range.upperBound {
      let wanted = min(part.count, range.upperBound - position)
      let received = unsafe part.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, wanted, position) }
      if received < 0, errno == EINTR { continue }
      guard received >= 0 else { throw FileBytesError(path, "cannot be read") }
      guard received > 0 else { throw FileBytesError(file: path, problem: "became shorter while it was read") }
      unsafe part.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<received])) }
      position += received
    }
  }
}
