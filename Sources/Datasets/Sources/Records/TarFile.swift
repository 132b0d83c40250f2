/// The members of a tar archive (POSIX ustar and pax, and GNU's long names): where their bytes are.
struct TarFile {
  struct Member {
    let name: String
    let range: Range<Int>
  }

  private(set) var members: [Member] = []
  private let path: String
  private let file: RandomAccessFile

  private static let block = 512
  /// Bytes of a name or of a header of pax.
  private static let limit = 1 << 20

  init(_ path: String) throws(DataError) {
    (self.path, file) = (path, try RandomAccessFile(path))
    guard file.size > 0 else { throw DataError(path, "is empty", remedy: "get the file again") }
    var (place, name, size) = (0, String?.none, Int?.none)
    while true {
      guard place + TarFile.block <= file.size else { throw truncated() }
      let header = try file.bytes(place..<place + TarFile.block)
      place += TarFile.block
      if header.allSatisfy({ $0 == 0 }) { break }
      try checkSum(header, place - TarFile.block)
      guard let count = size ?? TarFile.number(header[124..<136]), count >= 0,
        count <= file.size - place
      else { throw truncated() }
      let contents = place..<place + count
      place += (count + TarFile.block - 1) / TarFile.block * TarFile.block
      switch header[156] {
      case UInt8(ascii: "x"):
        for (key, value) in try records(contents) {
          if key == "path" { name = value }
          if key == "size" { size = Int(value) }
        }
      case UInt8(ascii: "L"): name = TarFile.text(try read(contents)[...])
      case UInt8(ascii: "0"), 0, UInt8(ascii: "7"):
        members.append(Member(name: name ?? TarFile.name(header), range: contents))
        (name, size) = (nil, nil)
      default: (name, size) = (nil, nil)
      }
    }
    guard file.size % TarFile.block == 0 else { throw truncated() }
  }

  func bytes(_ member: Member) throws(DataError) -> [UInt8] { try file.bytes(member.range) }

  private func truncated() -> DataError {
    DataError(path, "is a tar archive that ends early", remedy: "get the file again")
  }

  private func read(_ range: Range<Int>) throws(DataError) -> [UInt8] {
    guard range.count <= TarFile.limit else { throw truncated() }
    return try file.bytes(range)
  }

  /// The sum of all bytes of the header, that of the sum itself as spaces.
  private func checkSum(_ header: [UInt8], _ place: Int) throws(DataError) {
    let sum = header.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(header[$1])) }
    guard TarFile.number(header[148..<156]) == sum else {
      throw DataError(
        path, place == 0 ? "is no tar archive" : "is a damaged tar archive (at byte \(place))",
        remedy: "get the file again")
    }
  }

  /// Octal digits, or, of GNU, a number of 256s.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if field.first == 0x80 {
      return field.dropFirst().reduce(Int?(0)) { value, byte in
        guard let value, value < 1 << 54 else { return nil }
        return value << 8 | Int(byte)
      }
    }
    return Int(text(field).trimmingPrefix { $0 == " " }.prefix { $0 != " " }, radix: 8)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func name(_ header: [UInt8]) -> String {
    let prefix = header[257..<263].elementsEqual(Array("ustar\0".utf8)) ? text(header[345..<500]) : ""
    return prefix.isEmpty ? text(header[0..<100]) : "\(prefix)/\(text(header[0..<100]))"
  }

  /// Headers of pax: `LENGTH KEY=VALUE\n`.
  private func records(_ range: Range<Int>) throws(DataError) -> [(key: String, value: String)] {
    var rest = try read(range)[...]
    var records: [(key: String, value: String)] = []
    while let space = rest.firstIndex(of: 0x20) {
      let digits = String(decoding: rest[..<space], as: UTF8.self)
      guard let length = Int(digits), length > digits.utf8.count + 1, length <= rest.count else { throw truncated() }
      let record = rest[space + 1..<rest.startIndex + length].dropLast()
      if let equals = record.firstIndex(of: 0x3D) {
        let (key, value) = (record[..<equals], record[(equals + 1)...])
        records.append((String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
      }
      rest = rest[(rest.startIndex + length)...]
    }
    return records
  }
}
