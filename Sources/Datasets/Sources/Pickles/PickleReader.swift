/// Reads pickles of numbers, text, lists, dictionaries and NumPy arrays, protocols 2 to 5 (Python's pickletools).
///
/// Nothing is run: of all that a pickle may call, NumPy's arrays and types and `_codecs.encode` are made here, and any
/// other name is an error.
struct PickleReader {
  private let path: String
  private let bytes: [UInt8]
  private var place = 0
  private var stack: [PickleValue] = []
  /// Where in the stack marks are.
  private var marks: [Int] = []
  private var memory: [Int: PickleValue] = [:]

  static func read(_ path: String) throws(DataError) -> PickleValue {
    var reader = PickleReader(path, try Files.bytes(path))
    return try reader.run()
  }

  private init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }

  private mutating func run() throws(DataError) -> PickleValue {
    while true {
      let code = UnicodeScalar(UInt8(try number(1)))
      if code == "." { return try pop() }
      try perform(code)
    }
  }

  private mutating func perform(_ code: UnicodeScalar) throws(DataError) {
    switch code {
    case "\u{80}": _ = try take(1)
    case "\u{95}": _ = try take(8)
    case "(": marks.append(stack.count)
    case "}": stack.append(.dictionary(.init()))
    case "]": stack.append(.list(.init()))
    case ")": stack.append(.tuple([]))
    case "t": stack.append(.tuple(try popToMark()))
    case "\u{85}", "\u{86}", "\u{87}": stack.append(.tuple(try pop(Int(code.value) - 0x84)))
    case "a": try extend(try pop(1))
    case "s": try extend(try pop(2))
    case "e", "u": try extend(try popToMark())
    case "N": stack.append(.none)
    case "\u{88}", "\u{89}": stack.append(.integer(code == "\u{88}" ? 1 : 0))
    case "K": stack.append(.integer(try number(1)))
    case "M": stack.append(.integer(try number(2)))
    case "J": stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case "\u{8A}": stack.append(.integer(try long()))
    case "U", "\u{8C}", "C": try string(length: 1)
    case "T", "X", "B": try string(length: 4)
    case "\u{8D}", "\u{8E}", "\u{96}": try string(length: 8)
    case "q": try remember(as: try number(1))
    case "r": try remember(as: try number(4))
    case "\u{94}": try remember(as: memory.count)
    case "h": try recall(try number(1))
    case "j": try recall(try number(4))
    case "c": stack.append(.name("\(try line()).\(try line())"))
    case "\u{93}":
      let parts = try pop(2).compactMap(\.text)
      guard parts.count == 2 else { throw damaged() }
      stack.append(.name(parts.joined(separator: ".")))
    case "R": try call()
    case "b": try build()
    default:
      throw DataError(
        path, "holds what only Python reads (operation \(code.value) at byte \(place - 1))",
        remedy: "save its arrays by numpy.savez")
    }
  }

  // MARK: Stack

  private mutating func take(_ count: Int) throws(DataError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - place else { throw damaged() }
    defer { place += count }
    return bytes[place..<place + count]
  }

  private mutating func number(_ size: Int) throws(DataError) -> Int {
    Int(truncatingIfNeeded: try take(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private mutating func long() throws(DataError) -> Int {
    let size = try number(1)
    guard size <= 8 else { throw damaged() }
    let unused = UInt64(64 - 8 * size)
    return size == 0 ? 0 : (try number(size) << Int(unused)) >> Int(unused)
  }

  private mutating func string(length: Int) throws(DataError) {
    let count = try number(length)
    stack.append(.bytes(Array(try take(count))))
  }

  private mutating func line() throws(DataError) -> String {
    guard let end = bytes[place...].firstIndex(of: 0x0A) else { throw damaged() }
    defer { place = end + 1 }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  private mutating func pop() throws(DataError) -> PickleValue { try pop(1)[0] }

  private mutating func pop(_ count: Int) throws(DataError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw damaged() }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(DataError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged() }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func remember(as key: Int) throws(DataError) {
    guard let top = stack.last else { throw damaged() }
    memory[key] = top
  }

  private mutating func recall(_ key: Int) throws(DataError) {
    guard let value = memory[key] else { throw damaged() }
    stack.append(value)
  }

  private mutating func extend(_ values: [PickleValue]) throws(DataError) {
    switch stack.last {
    case .list(let items): items.values += values
    case .dictionary(let items) where values.count % 2 == 0: items.values += values
    default: throw damaged()
    }
  }

  private func damaged() -> DataError {
    DataError(path, "is a damaged or truncated pickle (at byte \(place))", remedy: "get the file again")
  }

  // MARK: NumPy

  private mutating func call() throws(DataError) {
    let parts = try pop(2)
    guard case .name(let name) = parts[0], case .tuple(let arguments) = parts[1] else { throw damaged() }
    switch name {
    case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct": stack.append(.array(.init()))
    case "numpy.dtype":
      guard let type = arguments.first?.text else { throw damaged() }
      stack.append(.type(.init(type)))
    case "_codecs.encode":
      // How Python 3 writes bytes for protocol 2: as text of the same numbers.
      guard let text = arguments.first?.text, arguments.dropFirst().first?.text == "latin1" else { throw damaged() }
      stack.append(.bytes(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
    case "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer":
      guard arguments.count == 4, case .bytes(let bytes) = arguments[0], case .type(let type) = arguments[1],
        let shape = arguments[2].list
      else { throw damaged() }
      let array = PickleValue.NumberArray()
      (array.bytes, array.type, array.shape) = (bytes, type, shape.compactMap(\.integer))
      array.isFortran = arguments[3].text == "F"
      stack.append(.array(array))
    default:
      throw DataError(
        path, "calls '\(name)', which is no array of NumPy's and is not run", remedy: "save its arrays by numpy.savez")
    }
  }

  private mutating func build() throws(DataError) {
    let state = try pop().list ?? []
    switch stack.last {
    case .array(let array):
      guard state.count == 5, let shape = state[1].list, case .type(let type) = state[2],
        case .bytes(let bytes) = state[4]
      else { throw damaged() }
      (array.shape, array.type, array.bytes) = (shape.compactMap(\.integer), type, bytes)
      array.isFortran = state[3].integer == 1
    case .type(let type):
      guard state.count > 1, let order = state[1].text else { throw damaged() }
      type.order = order
    default: throw damaged()
    }
  }
}
