import Glibc

/// A file whose bytes are read at any place, without a position that threads could disturb.
@safe
final class ByteFile: Sendable {
  let path: String
  let count: Int
  private let descriptor: Int32

  init(_ path: String) throws(ArchiveError) {
    var status = stat()
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
      throw ArchiveError(path, "cannot be opened (\(unsafe String(cString: strerror(errno)))); check the path.")
    }
    (self.path, count) = (path, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// Bytes that the caller knows to be inside the file.
  func read(_ range: Range<Int>) throws(ArchiveError) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) is outside of \(count) bytes")
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < bytes.count {
      let (start, wanted) = (off_t(range.lowerBound + filled), bytes.count - filled)
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress! + filled, wanted, start)
      }
      guard got > 0 else { throw ArchiveError(path, "cannot be read to its end; copy it again.") }
      filled += got
    }
    return bytes
  }
}

extension [UInt8] {
  /// The little-endian number of `size` bytes at a place; it must lie inside.
  func number(at offset: Int, size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 | UInt64(self[offset + $1]) << (8 * UInt64($1)) }
  }

  /// The same, as large as an `Int` can be: a larger one is outside of every file anyway.
  func integer(at offset: Int, size: Int) -> Int { Int(clamping: number(at: offset, size: size)) }
}
