import Glibc

/// A file, or a part of one, whose bytes are read at any place, by several threads at once.
@safe
final class RandomAccessFile: Sendable {
  /// The name that messages use.
  let name: String
  let size: Int
  private let start: Int
  private let descriptor: Int32

  convenience init(_ path: String) throws(DataError) { try self.init(path, named: path) }

  /// - Parameters:
  ///   - name: what messages call it.
  ///   - part: of the file; nil for all of it.
  init(_ path: String, named name: String, part: Range<Int>? = nil) throws(DataError) {
    // A pipe without a writer must not keep it waiting.
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
      throw Files.systemError(name, "cannot be opened")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw DataError(name, "is not a file", remedy: "give the path of a file")
    }
    (self.name, size, start) = (name, part?.count ?? Int(status.st_size), part?.lowerBound ?? 0)
  }

  deinit { close(descriptor) }

  /// Some bytes, all of them in the file.
  func bytes(_ range: Range<Int>) throws(DataError) -> [UInt8] {
    var result: Result<Void, DataError> = .success(())
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { memory, count in
      let memory = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[..<range.count])
      result = Result { () throws(DataError) in try unsafe read(range, into: memory) }
      count = range.count
    }
    try result.get()
    return bytes
  }

  /// Writes some bytes, all of them in the file, to memory of as many.
  func read(_ range: Range<Int>, into memory: UnsafeMutableRawBufferPointer) throws(DataError) {
    defer { withExtendedLifetime(self) {} }
    precondition(range.lowerBound >= 0 && range.upperBound <= size)
    precondition(memory.count == range.count)
    var done = 0
    while done < range.count {
      let got = unsafe pread(
        descriptor, memory.baseAddress! + done, range.count - done, off_t(start + range.lowerBound + done))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw got < 0
          ? Files.systemError(name, "cannot be read")
          : DataError(name, "became shorter while it was read", remedy: "let nothing write to it during a run")
      }
      done += got
    }
  }
}
