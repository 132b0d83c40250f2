import Networks

/// Reads JSON text byte by byte: a model's configuration may be a megabyte, and has to be there in milliseconds.
struct JSONParser {
  /// Why a text is not what it should be: ends a sentence that begins with what the text is.
  struct Failure: Error { let problem: String }

  /// Values inside each other; Keras needs about four per nested model.
  static let mostLevels = 400

  private let bytes: [UInt8]
  private var position = 0
  private var level = 0

  static func parse(_ text: String) throws(Failure) -> JSONValue {
    var parser = JSONParser(bytes: Array(text.utf8))
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.failure("goes on after its end") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func failure(_ problem: String) -> Failure { Failure(problem: "\(problem) (at byte \(position))") }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// Takes a byte, if it is the next one that means something.
  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(Failure) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw failure("ends in the middle")
    default: return try number()
    }
  }

  private mutating func enter() throws(Failure) {
    level += 1
    guard level <= JSONParser.mostLevels else {
      throw failure("has more than \(JSONParser.mostLevels) values inside each other")
    }
  }

  private mutating func object() throws(Failure) -> JSONValue {
    try enter()
    position += 1
    var members: [String: JSONValue] = [:]
    if !take(UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw failure("has no name where one must be") }
        let name = try string()
        guard take(UInt8(ascii: ":")) else { throw failure("has no ':' after a name") }
        guard members.updateValue(try value(), forKey: name) == nil else { throw failure("gives '\(name)' twice") }
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw failure("has an object without an end") }
    }
    level -= 1
    return .object(members)
  }

  private mutating func array() throws(Failure) -> JSONValue {
    try enter()
    position += 1
    var elements: [JSONValue] = []
    if !take(UInt8(ascii: "]")) {
      repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw failure("has a list without an end") }
    }
    level -= 1
    return .array(elements)
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("has a word that JSON does not know") }
    position += word.utf8.count
    return value
  }

  /// A number without fraction and exponent is an integer, if it fits.
  private mutating func number() throws(Failure) -> JSONValue {
    let start = position
    loop: while let byte = next {
      switch byte {
      case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: position += 1
      default: break loop
      }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int(text) { return .integer(integer) }
    // "NaN" and "Infinity", which Python writes, stop the loop above at once.
    guard let number = Double(text), number.isFinite else { throw failure("has something that is not a number") }
    return .number(number)
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    if next == UInt8(ascii: "\"") {
      defer { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    var units = Array(String(decoding: bytes[start..<position], as: UTF8.self).utf16)
    while let byte = next, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        units.append(try escape())
      } else {
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        units += String(decoding: bytes[start..<position], as: UTF8.self).utf16
      }
    }
    guard next != nil else { throw failure("has a text without an end") }
    position += 1
    return String(decoding: units, as: UTF16.self)
  }

  private mutating func escape() throws(Failure) -> UInt16 {
    guard position + 1 < bytes.count else { throw failure("ends in the middle") }
    let kind = bytes[position + 1]
    position += 2
    switch kind {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(kind)
    case UInt8(ascii: "u") where position + 4 <= bytes.count:
      let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
      guard let unit = UInt16(digits, radix: 16) else { break }
      position += 4
      return unit
    default: break
    }
    throw failure("has an escape that JSON does not know")
  }
}
