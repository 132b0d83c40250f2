/// A file, or the part of one that is like a file: a member of a tar archive, bytes in a record.
struct StoredFile: Sendable {
  let path: String
  /// Nil for all of it.
  private let part: Range<Int>?
  private let member: Member

  private enum Member {
    case none
    case named(String)
    case record(Int)
  }

  init(_ path: String) { (self.path, part, member) = (path, nil, .none) }

  init(_ path: String, member: String, at part: Range<Int>) {
    (self.path, self.part, self.member) = (path, part, .named(member))
  }

  /// - Parameter record: its number in the file, counted from 0.
  init(_ path: String, record: Int, at part: Range<Int>) {
    (self.path, self.part, member) = (path, part, .record(record))
  }

  /// The name that messages use.
  var name: String {
    switch member {
    case .none: path
    case .named(let name): "\(path)/\(name)"
    case .record(let number): "\(path), record \(number)"
    }
  }

  /// How large it is, and when its file was last changed, in nanoseconds since 1970.
  func stamp() throws(DataError) -> (size: Int, modified: Int) {
    let stamp = try Files.stamp(path)
    return (part?.count ?? stamp.size, stamp.modified)
  }

  /// - Parameter limit: no more of it than so many.
  func bytes(limit: Int = .max) throws(DataError) -> [UInt8] {
    guard let part else { return limit == .max ? try Files.bytes(path) : try Files.bytes(path, limit: limit) }
    let file = try RandomAccessFile(path)
    guard part.upperBound <= file.size else {
      throw DataError(path, "became shorter during the run", remedy: "let nothing write to it")
    }
    return try file.bytes(part.prefix(limit))
  }
}
