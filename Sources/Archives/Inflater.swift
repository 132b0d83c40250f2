import CZlib

/// CRC-32 of bytes that come in pieces.
struct Checksum {
  private(set) var value: UInt32 = 0

  mutating func add(_ bytes: [UInt8]) {
    value = unsafe bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(value), $0.baseAddress, $0.count))
    }
  }
}

/// Undoes deflate, piece by piece.
@safe
final class Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private let path: String
  private let member: String
  private var isFinished = false

  private static let piece = 1 << 20

  init(_ path: String, member: String) {
    (self.path, self.member) = (path, member)
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // A negative window means bare deflate, without the header of zlib.
    let status = unsafe inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has no memory, or another version than it was compiled for")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func run(_ stored: [UInt8], _ body: ([UInt8]) throws(ArchiveError) -> Void) throws(ArchiveError) {
    var input = stored
    var place = 0
    while place < input.count {
      guard !isFinished else { throw damaged() }
      var output = [UInt8](repeating: 0, count: Inflater.piece)
      var status = Z_OK
      var (used, made) = (0, 0)
      unsafe input.withUnsafeMutableBufferPointer { input in
        unsafe output.withUnsafeMutableBufferPointer { output in
          unsafe stream.pointee.next_in = input.baseAddress! + place
          unsafe stream.pointee.avail_in = UInt32(input.count - place)
          unsafe stream.pointee.next_out = output.baseAddress!
          unsafe stream.pointee.avail_out = UInt32(output.count)
          status = unsafe inflate(stream, Z_NO_FLUSH)
          used = unsafe input.count - place - Int(stream.pointee.avail_in)
          made = unsafe output.count - Int(stream.pointee.avail_out)
        }
      }
      guard status == Z_OK || status == Z_STREAM_END, used > 0 || made > 0 else { throw damaged() }
      place += used
      if made > 0 { try body(made == output.count ? output : Array(output[..<made])) }
      isFinished = status == Z_STREAM_END
    }
    // What zlib holds back until there is room for it.
    while !isFinished {
      var output = [UInt8](repeating: 0, count: Inflater.piece)
      var status = Z_OK
      var made = 0
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.pointee.next_out = output.baseAddress!
        unsafe stream.pointee.avail_out = UInt32(output.count)
        status = unsafe inflate(stream, Z_NO_FLUSH)
        made = unsafe output.count - Int(stream.pointee.avail_out)
      }
      if made > 0 { try body(Array(output[..<made])) }
      if status == Z_STREAM_END { isFinished = true }
      if status == Z_BUF_ERROR || made == 0 { return }
      guard status == Z_OK || status == Z_STREAM_END else { throw damaged() }
    }
  }

  private func damaged() -> ArchiveError {
    ArchiveError(path, "the member '\(member)' cannot be decompressed; the file is damaged, copy it again.")
  }
}
