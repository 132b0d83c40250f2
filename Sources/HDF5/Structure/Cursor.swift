/// Bytes of a file, taken one after the other; what is not there is damage.
struct Cursor {
  private let bytes: ArraySlice<UInt8>
  private var place: Int
  /// Where the bytes begin in the file.
  let start: Int
  let what: String

  init(_ bytes: [UInt8], at address: Int, of what: String) {
    self.init(bytes[...], at: address, of: what)
  }

  private init(_ bytes: ArraySlice<UInt8>, at address: Int, of what: String) {
    (self.bytes, place, start, self.what) = (bytes, bytes.startIndex, address, what)
  }

  /// Bytes that are left.
  var count: Int { bytes.endIndex - place }
  /// Bytes taken so far.
  var taken: Int { place - bytes.startIndex }

  /// - Parameter problem: behind the name of what is read.
  func damage(_ problem: String) -> Damage { Damage("\(what) at byte \(start) \(problem)") }

  func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(Damage) {
    guard condition else { throw damage(problem()) }
  }

  /// A little-endian number.
  mutating func number(_ size: Int) throws(Damage) -> UInt64 {
    try require(size <= count && size <= 8, "ends early")
    let value = (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
    place += size
    return value
  }

  /// The same, no larger than what a file can hold.
  mutating func integer(_ size: Int) throws(Damage) -> Int {
    let value = try number(size)
    try require(value < 1 << 62, "holds the number \(value)")
    return Int(value)
  }

  /// An address; nil where there is none.
  mutating func address() throws(Damage) -> Int? {
    let value = try number(8)
    if value == .max { return nil }
    try require(value < 1 << 62, "leads to byte \(value)")
    return Int(value)
  }

  mutating func requiredAddress(_ target: String) throws(Damage) -> Int {
    guard let address = try address() else { throw damage("leads to no \(target)") }
    return address
  }

  mutating func expect(_ size: Int, _ value: UInt64, _ name: String) throws(Damage) {
    let found = try number(size)
    try require(found == value, "has the \(name) \(found) instead of \(value)")
  }

  mutating func expect(_ signature: String) throws(Damage) {
    try require(try take(signature.utf8.count).raw == Array(signature.utf8), "does not begin with '\(signature)'")
  }

  mutating func skip(_ size: Int) throws(Damage) {
    try require(size >= 0 && size <= count, "ends early")
    place += size
  }

  /// The next bytes by themselves.
  mutating func take(_ size: Int, of part: String? = nil) throws(Damage) -> Cursor {
    let first = place
    try skip(size)
    return Cursor(bytes[first..<place], at: start + first - bytes.startIndex, of: part ?? what)
  }

  /// A text that ends with a NUL, which is taken too.
  mutating func text() throws(Damage) -> [UInt8] {
    guard let end = bytes[place...].firstIndex(of: 0) else { throw damage("holds a name without an end") }
    let text = Array(bytes[place..<end])
    place = end + 1
    return text
  }

  /// What is left.
  var raw: [UInt8] { Array(bytes[place...]) }

  /// Compares the last four bytes with the checksum of all before them, and takes them off.
  func withoutChecksum() throws(Damage) -> Cursor {
    try require(count >= 4 && taken == 0, "ends early")
    var end = Cursor(bytes[(bytes.endIndex - 4)...], at: start, of: what)
    let body = bytes.dropLast(4)
    let checksum = Checksum.of(body)
    guard try end.number(4) == UInt64(checksum) else {
      throw Damage("\(what) at byte \(start) has another checksum", checksum: (start + body.count, checksum))
    }
    return Cursor(body, at: start, of: what)
  }
}
