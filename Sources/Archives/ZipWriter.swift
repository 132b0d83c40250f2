import Foundation
import TemporaryFiles

/// Writes a zip archive with stored members, as Keras does, whole or not at all. The same members give the same bytes.
public final class ZipWriter {
  private struct Member {
    let name: String
    let count: Int
    let checksum: UInt32
    let offset: Int
  }

  private static let piece = 1 << 20

  private let path: String
  private let file: FileHandle
  private var members: [Member] = []
  private var position = 0

  /// - Parameter body: adds the members.
  public static func replace(_ path: String, with body: (ZipWriter) throws -> Void) throws {
    let temporary = TemporaryFile(for: path)
    let writer = try ZipWriter(path, temporary.path)
    try body(writer)
    try writer.finish()
    guard temporary.take(path) else { throw writer.failure() }
  }

  private init(_ path: String, _ temporary: String) throws(ArchiveError) {
    self.path = path
    guard let file = FileHandle(forWritingAtPath: temporary) else {
      throw ArchiveError(path, "cannot be created; check that the folder exists and is writable.")
    }
    self.file = file
  }

  public func add(_ name: String, _ bytes: [UInt8]) throws(ArchiveError) {
    var checksum = Checksum()
    checksum.add(bytes)
    try begin(Member(name: name, count: bytes.count, checksum: checksum.value, offset: position))
    try write(bytes)
  }

  public func add(_ name: String, contentsOf source: String) throws(ArchiveError) {
    let contents = try ByteFile(source)
    let pieces = stride(from: 0, to: contents.count, by: ZipWriter.piece).map {
      $0..<min(contents.count, $0 + ZipWriter.piece)
    }
    var checksum = Checksum()
    for piece in pieces { checksum.add(try contents.read(piece)) }
    try begin(Member(name: name, count: contents.count, checksum: checksum.value, offset: position))
    for piece in pieces { try write(contents.read(piece)) }
  }

  private func begin(_ member: Member) throws(ArchiveError) {
    members.append(member)
    var header: [UInt8] = []
    header.append(0x0403_4B50, size: 4)
    try write(
      header + fields(member, isWide: member.count >= 0xFFFF_FFFF, wide: [member.count, member.count], extra: 0))
  }

  /// What a member's header and its line in the directory have in common, and for the latter what follows.
  private func fields(_ member: Member, isWide: Bool, wide: [Int], extra comment: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(isWide ? 45 : 20, size: 2)
    // UTF-8 names, stored, 1 January 1980.
    for value in [1 << 11, 0, 0, 0x21] { bytes.append(value, size: 2) }
    bytes.append(Int(member.checksum), size: 4)
    for _ in 0..<2 { bytes.append(min(member.count, 0xFFFF_FFFF), size: 4) }
    bytes.append(member.name.utf8.count, size: 2)
    bytes.append(isWide ? 4 + 8 * wide.count : 0, size: 2)
    if comment > 0 {
      // No comment, first volume, no attributes.
      for size in [2, 2, 2, 4] { bytes.append(0, size: size) }
      bytes.append(min(member.offset, 0xFFFF_FFFF), size: 4)
    }
    bytes += Array(member.name.utf8)
    if isWide {
      bytes.append(1, size: 2)
      bytes.append(8 * wide.count, size: 2)
      for value in wide { bytes.append(value, size: 8) }
    }
    return bytes
  }

  private func finish() throws(ArchiveError) {
    let start = position
    for member in members {
      let large = 0xFFFF_FFFF
      var wide: [Int] = member.count >= large ? [member.count, member.count] : []
      if member.offset >= large { wide.append(member.offset) }
      var line: [UInt8] = []
      line.append(0x0201_4B50, size: 4)
      line.append(wide.isEmpty ? 20 : 45, size: 2)
      try write(line + fields(member, isWide: !wide.isEmpty, wide: wide, extra: 1))
    }
    let size = position - start
    if position >= 0xFFFF_FFFF { try writeWideEnd(start: start, size: size) }
    var end: [UInt8] = []
    end.append(0x0605_4B50, size: 4)
    for value in [0, 0, members.count, members.count] { end.append(value, size: 2) }
    for value in [size, min(start, 0xFFFF_FFFF)] { end.append(value, size: 4) }
    end.append(0, size: 2)
    try write(end)
    do { try file.synchronize() } catch { throw failure() }
  }

  private func writeWideEnd(start: Int, size: Int) throws(ArchiveError) {
    var end: [UInt8] = []
    end.append(0x0606_4B50, size: 4)
    end.append(44, size: 8)
    for value in [45, 45] { end.append(value, size: 2) }
    for value in [0, 0] { end.append(value, size: 4) }
    for value in [members.count, members.count, size, start] { end.append(value, size: 8) }
    end.append(0x0706_4B50, size: 4)
    end.append(0, size: 4)
    end.append(position, size: 8)
    end.append(1, size: 4)
    try write(end)
  }

  private func write(_ bytes: [UInt8]) throws(ArchiveError) {
    do { try file.write(contentsOf: bytes) } catch { throw failure() }
    position += bytes.count
  }

  private func failure() -> ArchiveError {
    ArchiveError(path, "cannot be written; check the folder's permissions and the space left on the disk.")
  }
}

extension [UInt8] {
  /// Appends a little-endian number of `size` bytes.
  fileprivate mutating func append(_ value: Int, size: Int) {
    for index in 0..<size { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
  }
}
