/// A part of an object's header: its shape, its type, a link, an attribute.
struct HeaderMessage {
  /// The kinds that are known; others may stand in a header, but nobody looks at them.
  enum Kind: UInt64 {
    case null = 0x00
    case space = 0x01
    case linkInformation = 0x02
    case type = 0x03
    case oldFillValue = 0x04
    case fillValue = 0x05
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case groupInformation = 0x0A
    case filters = 0x0B
    case attribute = 0x0C
    case comment = 0x0D
    case oldTime = 0x0E
    case continuation = 0x10
    case symbolTable = 0x11
    case time = 0x12
    case treeSizes = 0x13
    case attributeInformation = 0x15
    case references = 0x16

    /// Whether a header has at most one of it.
    var isSingle: Bool { ![.null, .link, .attribute, .continuation].contains(self) }
  }

  let kind: Kind
  /// Whether the message lies elsewhere, and this is the way to it.
  let isShared: Bool
  var body: Cursor

  init(_ number: UInt64, flags: UInt64, _ body: Cursor) throws(Damage) {
    guard let kind = Kind(rawValue: number) else { throw body.damage("holds a message of the unknown kind \(number)") }
    (self.kind, isShared, self.body) = (kind, flags & 2 != 0, body)
    try body.require(!isShared || kind == .type, "shares a message of kind \(number) with other objects")
  }
}

extension StructureCheck {
  private static let mostMessages = 65_536

  /// All messages of an object's header, in all of its pieces.
  mutating func header(at address: Int) throws(Damage) -> [HeaderMessage] {
    let what = "the object header"
    let start = try file.bytes(at: address, count: min(16, max(0, file.end - address)), of: what)
    var old = start
    return try start.raw.starts(with: Array("OHDR".utf8)) ? newHeader(at: address, start) : oldHeader(at: address, &old)
  }

  private mutating func oldHeader(at address: Int, _ start: inout Cursor) throws(Damage) -> [HeaderMessage] {
    try start.expect(1, 1, "version")
    try start.skip(1)
    let count = try start.integer(2)
    try start.skip(4)
    let size = try start.integer(4)
    try claim(address, 16, of: "the object header")
    var messages: [HeaderMessage] = []
    var pieces = [(address + 16, size)]
    while let (place, size) = pieces.popLast() {
      var piece = try block(at: place, count: size, of: "the object header")
      while piece.count >= 8 {
        let (number, size, flags) = (try piece.number(2), try piece.integer(2), try piece.number(1))
        try piece.skip(3)
        try piece.require(size % 8 == 0, "holds a message of \(size) bytes")
        try add(HeaderMessage(number, flags: flags, try piece.take(size)), to: &messages, &pieces)
      }
      try piece.require(piece.count == 0, "has bytes behind its messages")
    }
    try start.require(messages.count == count, "has \(messages.count) messages instead of \(count)")
    return messages
  }

  private mutating func newHeader(at address: Int, _ start: Cursor) throws(Damage) -> [HeaderMessage] {
    var start = start
    try start.skip(4)
    try start.expect(1, 2, "version")
    let flags = try start.integer(1)
    try start.require(flags & ~0x3F == 0, "has the flags \(flags)")
    let before = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
    let sizeBytes = 1 << (flags & 3)
    var prefix = try file.bytes(at: address, count: before + sizeBytes, of: "the object header")
    try prefix.skip(before)
    let size = try prefix.integer(sizeBytes)
    try prefix.require(size <= file.end, "is larger than the file")
    var messages: [HeaderMessage] = []
    var pieces = [(address, before + sizeBytes + size + 4)]
    var isFirst = true
    while let (place, size) = pieces.popLast() {
      var piece = try block(at: place, count: size, of: "the object header").withoutChecksum()
      if isFirst { try piece.skip(before + sizeBytes) } else { try piece.expect("OCHK") }
      isFirst = false
      // What is left may be too small for a message.
      let least = flags & 4 != 0 ? 6 : 4
      while piece.count >= least {
        let (number, size, messageFlags) = (try piece.number(1), try piece.integer(2), try piece.number(1))
        if flags & 4 != 0 { try piece.skip(2) }
        try add(HeaderMessage(number, flags: messageFlags, try piece.take(size)), to: &messages, &pieces)
      }
    }
    return messages
  }

  private func add(
    _ message: HeaderMessage, to messages: inout [HeaderMessage], _ pieces: inout [(Int, Int)]
  ) throws(Damage) {
    var body = message.body
    try body.require(messages.count < StructureCheck.mostMessages, "has messages without end")
    try body.require(
      !message.kind.isSingle || !messages.contains { $0.kind == message.kind },
      "has two messages of kind \(message.kind)")
    messages.append(message)
    guard message.kind == .continuation else { return }
    pieces.append((try body.requiredAddress("continuation"), try body.integer(8)))
  }
}
