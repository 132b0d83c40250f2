/// The directory of a zip archive (APPNOTE 6.3.10), as far as files of Keras and NumPy need it: members stored or
/// deflated, with or without the 64-bit extension, in one volume, not encrypted.
///
/// Opening reads the directory at the end of the file and checks it; members are read one by one, and never written
/// under their own names.
public struct ZipArchive: Sendable {
  public struct Entry: Hashable, Sendable {
    public let name: String
    /// Bytes after decompression, as the directory says.
    public let count: Int
    let compressedCount: Int
    let checksum: UInt32
    let isDeflated: Bool
    let headerOffset: Int
  }

  /// Members may be this many times larger than what the archive stores of them: deflate manages 1032 times with zeros,
  /// weights hardly 2 times.
  public static let usualExpansion = 200
  /// Small members, such as a configuration, may shrink to next to nothing.
  static let alwaysAllowed = 1 << 20
  /// All members together: 64 GiB.
  static let mostBytes = 64 << 30
  static let mostEntries = 10_000

  public let path: String
  public let entries: [Entry]
  let file: ByteFile

  /// - Parameter mostExpansion: so many times larger than what the archive stores of them may members be.
  public init(reading path: String, mostExpansion: Int = usualExpansion) throws(ArchiveError) {
    self.path = path
    file = try ByteFile(path)
    entries = try ZipDirectory(file).entries()
    try checkEntries(mostExpansion)
  }

  public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

  private func checkEntries(_ mostExpansion: Int) throws(ArchiveError) {
    var names: Set<String> = []
    var (total, stored) = (0, 0)
    for entry in entries {
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      guard !entry.name.hasPrefix("/"), !parts.contains(".."), !entry.name.contains("\\"), !entry.name.contains("\0")
      else {
        throw ArchiveError(
          path,
          "the archive has a member '\(entry.name)', whose path leads out of it; use the file as its program wrote it.")
      }
      guard names.insert(entry.name).inserted else {
        throw ArchiveError(path, "the archive has two members '\(entry.name)'; use the file as its program wrote it.")
      }
      guard
        entry.count
          <= Swift.max(ZipArchive.alwaysAllowed, entry.compressedCount.saturatingMultiplied(by: mostExpansion))
      else {
        throw ArchiveError(
          path,
          "the member '\(entry.name)' claims to grow from \(entry.compressedCount) to \(entry.count) bytes, more than "
            + "\(mostExpansion) times; pack the archive again without compression.")
      }
      total = total.saturatingAdded(entry.count)
      stored = stored.saturatingAdded(entry.compressedCount)
    }
    guard total <= ZipArchive.mostBytes else {
      throw ArchiveError(
        path,
        "the archive claims to hold \(total) bytes, over the limit of \(ZipArchive.mostBytes); split it.")
    }
    // Members that overlap would let a small file hold any number of large ones.
    guard stored <= file.count else {
      throw ArchiveError(path, "the archive's members overlap; it is damaged, copy it again.")
    }
  }
}

extension Int {
  func saturatingAdded(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func saturatingMultiplied(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
