import CZlib
import Glibc

/// Reads a file through zlib: decompressed when it is a gzip file, as it is otherwise.
@safe
final class GzipFile {
  let path: String
  private let file: gzFile

  init(_ path: String) throws(DataError) {
    self.path = path
    guard Files.kind(path) == .file, let file = unsafe gzopen(path, "rb") else {
      throw DataError(path, "cannot be opened", remedy: "check the path and its permissions")
    }
    unsafe self.file = file
  }

  deinit { unsafe gzclose(file) }

  /// The next bytes, exactly so many.
  func read(_ size: Int) throws(DataError) -> [UInt8] {
    // The file closes with the last reference to this object, which must not go before zlib returns.
    defer { withExtendedLifetime(self) {} }
    var damaged = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = unsafe gzread(file, buffer.baseAddress! + count, UInt32(min(size - count, 1 << 30)))
        if got <= 0 {
          damaged = true
          break
        }
        count += Int(got)
      }
    }
    if damaged { throw endsEarly() }
    return bytes
  }

  /// Throws unless everything was read and the checksum was right.
  func expectEnd() throws(DataError) {
    defer { withExtendedLifetime(self) {} }
    var byte: UInt8 = 0
    let got = unsafe gzread(file, &byte, 1)
    if got < 0 { throw endsEarly() }
    if got > 0 {
      throw DataError(path, "is longer than its header says", remedy: "get the file again")
    }
  }

  private func endsEarly() -> DataError {
    var code: Int32 = 0
    let text = unsafe gzerror(file, &code).map { unsafe String(cString: $0) } ?? ""
    let reason = code == Z_OK ? "" : " (\(text))"
    return DataError(path, "is truncated or damaged\(reason)", remedy: "get the file again")
  }
}
