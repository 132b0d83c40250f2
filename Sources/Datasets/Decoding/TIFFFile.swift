import CTIFF
import Synchronization

/// A TIFF file in memory, open at its first directory.
@safe
struct TIFFFile {
  /// As `dlopen` gives it.
  let library: UnsafeMutableRawPointer
  let handle: OpaquePointer

  /// Where libtiff is in the bytes.
  @safe
  private struct Bytes {
    let base: UnsafeRawPointer?
    let count: Int
    var place = 0
  }

  /// libtiff would print what it says.
  private static let isSilent = Mutex(false)

  /// Runs with the file open; nil where it cannot be opened. Throws where libtiff is not there.
  ///
  /// - Parameter place: what messages call the file.
  static func with<Result>(
    _ file: [UInt8], _ place: String, _ body: (TIFFFile) -> Result
  ) throws(DataError) -> Result? {
    let library = unsafe try ImageLibrary.tiff.handle(for: place)
    isSilent.withLock { isSilent in
      guard !isSilent else { return }
      _ = unsafe CTIFF_find_TIFFSetErrorHandler(library)(nil)
      _ = unsafe CTIFF_find_TIFFSetWarningHandler(library)(nil)
      isSilent = true
    }
    return unsafe file.withUnsafeBytes { file in
      var bytes = unsafe Bytes(base: file.baseAddress, count: file.count)
      return unsafe withUnsafeMutablePointer(to: &bytes) { bytes in
        let handle = unsafe CTIFF_find_TIFFClientOpen(library)(
          "image", "r", bytes,
          { bytes, target, count in
            guard let bytes = unsafe bytes?.assumingMemoryBound(to: Bytes.self), let target = unsafe target else {
              return 0
            }
            let size = unsafe max(0, min(Int(count), bytes.pointee.count - bytes.pointee.place))
            if size > 0 { unsafe target.copyMemory(from: bytes.pointee.base! + bytes.pointee.place, byteCount: size) }
            unsafe bytes.pointee.place += size
            return Int64(size)
          },
          { _, _, _ in 0 },
          { bytes, offset, origin in
            guard let bytes = unsafe bytes?.assumingMemoryBound(to: Bytes.self) else { return .max }
            let start = unsafe origin == 1 ? bytes.pointee.place : origin == 2 ? bytes.pointee.count : 0
            guard offset <= UInt64(Int.max / 2) else { return .max }
            unsafe bytes.pointee.place = start + Int(offset)
            return unsafe UInt64(bytes.pointee.place)
          },
          { _ in 0 },
          { bytes in UInt64(unsafe bytes?.assumingMemoryBound(to: Bytes.self).pointee.count ?? 0) },
          { _, _, _ in 0 }, { _, _, _ in })
        guard let handle = unsafe handle else { return nil }
        defer { unsafe CTIFF_find_TIFFClose(library)(handle) }
        return unsafe body(TIFFFile(library: library, handle: handle))
      }
    }
  }

  /// A field of 16 bits, or what it is where the file does not say it; 0 where nothing does.
  func short(_ tag: Int32) -> Int {
    var value: UInt16 = 0
    return unsafe CTIFF_short(library, handle, UInt32(tag), &value) == 1 ? Int(value) : 0
  }

  /// A field of 32 bits.
  func long(_ tag: Int32) -> Int {
    var value: UInt32 = 0
    return unsafe CTIFF_long(library, handle, UInt32(tag), &value) == 1 ? Int(value) : 0
  }

  /// A field of several numbers of 16 bits.
  func shorts(_ tag: Int32) -> [Int] {
    var (count, values) = unsafe (UInt16(0), UnsafeMutablePointer<UInt16>?.none)
    guard unsafe CTIFF_shorts(library, handle, UInt32(tag), &count, &values) == 1, let values = unsafe values else {
      return []
    }
    return unsafe UnsafeBufferPointer(start: values, count: Int(count)).map(Int.init)
  }
}
