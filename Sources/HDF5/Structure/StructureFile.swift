import Glibc

/// The bytes of a file, by addresses as HDF5 counts them: from its signature on, behind a user block if there is one.
@safe
final class StructureFile {
  private let descriptor: Int32
  private let fileCount: Int
  /// Where the signature stands.
  let base: Int
  /// Bytes that the file claims to have, from the base; every address is below.
  var end: Int

  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  init(_ path: String) throws(Damage) {
    var status = stat()
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
      throw Damage(unsafe String(cString: strerror(errno)))
    }
    fileCount = Int(status.st_size)
    // At byte 0, 512, 1024, 2048 and so on.
    var place = 0
    while place + 8 <= fileCount, try StructureFile.read(descriptor, place, 8) != StructureFile.signature {
      place = place == 0 ? 512 : place * 2
    }
    guard place + 8 <= fileCount else {
      close(descriptor)
      throw Damage("file signature not found")
    }
    (base, end) = (place, fileCount - place)
  }

  deinit { close(descriptor) }

  /// Bytes that lie inside.
  func bytes(at address: Int, count: Int, of what: String) throws(Damage) -> Cursor {
    guard address >= 0, count >= 0, address <= end, count <= end - address else {
      throw Damage("\(what) at byte \(address) lies outside of the file")
    }
    return Cursor(try StructureFile.read(descriptor, base + address, count), at: address, of: what)
  }

  private static func read(_ descriptor: Int32, _ start: Int, _ count: Int) throws(Damage) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress! + filled, count - filled, off_t(start + filled))
      }
      guard got > 0 else { throw Damage("byte \(start + filled) cannot be read") }
      filled += got
    }
    return bytes
  }
}
