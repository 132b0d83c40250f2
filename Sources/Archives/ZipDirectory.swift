/// Where the directory of an archive lies, and what it says.
struct ZipDirectory {
  private let file: ByteFile
  private var offset = 0
  private var size = 0
  private var count = 0

  private static let endSize = 22
  private static let locatorSize = 20
  private static let wideEndSize = 56
  private static let entrySize = 46
  /// 16 MiB, for more members than any model has.
  private static let mostBytes = 16 << 20

  init(_ file: ByteFile) throws(ArchiveError) {
    self.file = file
    // The end record may be followed by a comment of up to 65,535 bytes.
    let start = max(0, file.count - ZipDirectory.endSize - 65_535)
    let tail = try file.read(start..<file.count)
    let places = tail.count < ZipDirectory.endSize ? [] : Array(0...tail.count - ZipDirectory.endSize)
    let end = places.last { place in
      tail.number(at: place, size: 4) == 0x0605_4B50
        && place + ZipDirectory.endSize + tail.integer(at: place + 20, size: 2) == tail.count
    }
    guard let end else {
      throw ArchiveError(file.path, "the archive has no directory at its end, so that it is truncated; copy it again.")
    }
    guard tail.number(at: end + 4, size: 2) == 0 || tail.number(at: end + 4, size: 2) == 0xFFFF else {
      throw ArchiveError(file.path, "the archive is one of several volumes; pack it into one.")
    }
    (count, size, offset) = (
      tail.integer(at: end + 10, size: 2), tail.integer(at: end + 12, size: 4), tail.integer(at: end + 16, size: 4)
    )
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      try readWideEnd(before: start + end)
    }
    guard size <= ZipDirectory.mostBytes, count <= ZipArchive.mostEntries else {
      throw ArchiveError(
        file.path,
        "the archive lists \(count) members, over the limit of \(ZipArchive.mostEntries); use the file as its "
          + "program wrote it."
      )
    }
    guard offset <= file.count, size <= file.count - offset else { throw damaged() }
  }

  /// The 64-bit end record, which a locator in front of the usual one points at.
  private mutating func readWideEnd(before end: Int) throws(ArchiveError) {
    let place = end - ZipDirectory.locatorSize
    guard place >= 0 else { throw damaged() }
    let locator = try file.read(place..<end)
    guard locator.number(at: 0, size: 4) == 0x0706_4B50 else { throw damaged() }
    let start = locator.integer(at: 8, size: 8)
    guard start <= place - ZipDirectory.wideEndSize else { throw damaged() }
    let record = try file.read(start..<start + ZipDirectory.wideEndSize)
    guard record.number(at: 0, size: 4) == 0x0606_4B50 else { throw damaged() }
    (count, size, offset) = (
      record.integer(at: 32, size: 8), record.integer(at: 40, size: 8), record.integer(at: 48, size: 8)
    )
  }

  func entries() throws(ArchiveError) -> [ZipArchive.Entry] {
    let bytes = try file.read(offset..<offset + size)
    var entries: [ZipArchive.Entry] = []
    var place = 0
    for _ in 0..<count {
      guard place + ZipDirectory.entrySize <= bytes.count, bytes.number(at: place, size: 4) == 0x0201_4B50 else {
        throw damaged()
      }
      let lengths = [28, 30, 32].map { bytes.integer(at: place + $0, size: 2) }
      let name = place + ZipDirectory.entrySize
      guard name + lengths.reduce(0, +) <= bytes.count else { throw damaged() }
      entries.append(try entry(bytes, at: place, name: name..<name + lengths[0], extra: lengths[1]))
      place = name + lengths.reduce(0, +)
    }
    return entries
  }

  private func entry(
    _ bytes: [UInt8], at place: Int, name range: Range<Int>, extra: Int
  ) throws(ArchiveError) -> ZipArchive.Entry {
    guard let name = String(validating: bytes[range], as: UTF8.self) else { throw damaged() }
    let (flags, method) = (bytes.integer(at: place + 8, size: 2), bytes.integer(at: place + 10, size: 2))
    guard flags & 1 == 0 else {
      throw ArchiveError(file.path, "the member '\(name)' is encrypted; pack the archive again without a password.")
    }
    guard method == 0 || method == 8 else {
      throw ArchiveError(
        file.path,
        "the member '\(name)' is compressed by method \(method); pack the archive again with 'stored' or 'deflate'.")
    }
    var values = [
      bytes.integer(at: place + 24, size: 4), bytes.integer(at: place + 20, size: 4),
      bytes.integer(at: place + 42, size: 4),
    ]
    if values.contains(0xFFFF_FFFF) {
      try widen(&values, bytes, extra: range.upperBound..<range.upperBound + extra)
    }
    let entry = ZipArchive.Entry(
      name: name, count: values[0], compressedCount: values[1],
      checksum: UInt32(bytes.number(at: place + 16, size: 4)), isDeflated: method == 8, headerOffset: values[2])
    guard entry.headerOffset < file.count, entry.compressedCount <= file.count,
      entry.isDeflated || entry.count == entry.compressedCount
    else { throw damaged() }
    return entry
  }

  /// Takes the numbers that need 64 bits from the extra field 1, which has only those.
  private func widen(_ values: inout [Int], _ bytes: [UInt8], extra: Range<Int>) throws(ArchiveError) {
    var place = extra.lowerBound
    while place + 4 <= extra.upperBound {
      let (kind, length) = (bytes.integer(at: place, size: 2), bytes.integer(at: place + 2, size: 2))
      place += 4
      guard length <= extra.upperBound - place else { throw damaged() }
      guard kind == 1 else {
        place += length
        continue
      }
      let end = place + length
      for index in values.indices where values[index] == 0xFFFF_FFFF {
        guard place + 8 <= end else { throw damaged() }
        values[index] = bytes.integer(at: place, size: 8)
        place += 8
      }
      return
    }
    throw damaged()
  }

  private func damaged() -> ArchiveError {
    ArchiveError(file.path, "the archive's directory is damaged; copy the file again.")
  }
}
