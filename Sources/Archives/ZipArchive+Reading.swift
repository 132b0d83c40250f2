import Foundation

extension ZipArchive {
  private static let piece = 1 << 20
  private static let headerSize = 30

  /// All bytes of a member.
  ///
  /// - Parameter limit: bytes that may be allocated.
  public func read(_ entry: Entry, limit: Int) throws(ArchiveError) -> [UInt8] {
    guard entry.count <= limit else {
      throw ArchiveError(
        path, "the member '\(entry.name)' takes \(entry.count) bytes, over the limit of \(limit); use a smaller model.")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entry.count)
    try stream(entry) { (piece: [UInt8]) throws(ArchiveError) in bytes += piece }
    return bytes
  }

  /// Copies a member into a file, in place of what that holds, piece by piece.
  public func extract(_ entry: Entry, to target: String) throws(ArchiveError) {
    guard (try? Data().write(to: URL(filePath: target))) != nil, let file = FileHandle(forWritingAtPath: target) else {
      throw ArchiveError(target, "cannot be created; make room in the folder for temporary files, or set TMPDIR.")
    }
    defer { try? file.close() }
    try stream(entry) { (piece: [UInt8]) throws(ArchiveError) in
      do { try file.write(contentsOf: piece) } catch {
        throw ArchiveError(target, "cannot be written; make room in the folder for temporary files, or set TMPDIR.")
      }
    }
  }

  /// Where in the archive the bytes of a member are, once its checksum was compared; nil where they are compressed.
  public func range(ofStored entry: Entry) throws(ArchiveError) -> Range<Int>? {
    guard !entry.isDeflated else { return nil }
    try stream(entry) { _ in }
    let start = try start(of: entry)
    return start..<start + entry.count
  }

  /// Hands over a member in pieces, and checks its length and checksum at the end.
  private func stream(_ entry: Entry, _ body: ([UInt8]) throws(ArchiveError) -> Void) throws(ArchiveError) {
    var place = try start(of: entry)
    let end = place + entry.compressedCount
    let inflater = entry.isDeflated ? Inflater(path, member: entry.name) : nil
    var checksum = Checksum()
    var written = 0
    while place < end {
      let stored = try file.read(place..<min(end, place + ZipArchive.piece))
      place += stored.count
      func take(_ piece: [UInt8]) throws(ArchiveError) {
        written += piece.count
        guard written <= entry.count else {
          throw ArchiveError(
            path, "the member '\(entry.name)' is longer than the \(entry.count) bytes it claims; copy the file again.")
        }
        checksum.add(piece)
        try body(piece)
      }
      if let inflater { try inflater.run(stored, take) } else { try take(stored) }
    }
    guard written == entry.count, checksum.value == entry.checksum else {
      throw ArchiveError(
        path, "the member '\(entry.name)' is damaged: its length or its checksum is wrong; copy the file again.")
    }
  }

  /// Where the bytes of a member begin: behind its own header, whose lengths may differ from the directory's.
  private func start(of entry: Entry) throws(ArchiveError) -> Int {
    let damaged = ArchiveError(
      path, "the member '\(entry.name)' is not where the directory says; the file is damaged, copy it again.")
    guard entry.headerOffset <= file.count - ZipArchive.headerSize else { throw damaged }
    let header = try file.read(entry.headerOffset..<entry.headerOffset + ZipArchive.headerSize)
    let lengths = (name: header.integer(at: 26, size: 2), extra: header.integer(at: 28, size: 2))
    let name = entry.headerOffset + ZipArchive.headerSize
    guard header.number(at: 0, size: 4) == 0x0403_4B50, name + lengths.name <= file.count,
      try file.read(name..<name + lengths.name) == Array(entry.name.utf8)
    else { throw damaged }
    let start = name + lengths.name + lengths.extra
    guard start <= file.count, entry.compressedCount <= file.count - start else { throw damaged }
    return start
  }
}
