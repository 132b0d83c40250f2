extension StructureCheck {
  /// Types with names may have attributes whose types have names, and so on.
  private static let mostDepth = 8

  /// Looks through the header of an object, and notes what its links lead to.
  mutating func visit(_ address: Int, depth: Int) throws(Damage) {
    guard depth < StructureCheck.mostDepth else {
      throw Damage("the object header at byte \(address) has types inside types without end")
    }
    visited.insert(address)
    let messages = try header(at: address)
    func body(_ kind: HeaderMessage.Kind) -> Cursor? { messages.first { $0.kind == kind }?.body }
    var type: StoredType?
    if let message = messages.first(where: { $0.kind == .type }) {
      type = try self.type(message.body, isShared: message.isShared, depth)
      types[address] = type
    }
    var space = body(.space)
    let shape = try space.map { _ throws(Damage) in try StoredSpace(&space!) }
    for message in messages {
      var body = message.body
      switch message.kind {
      case .fillValue, .oldFillValue: try checkFillValue(&body, isOld: message.kind == .oldFillValue, type)
      case .attribute: try attribute(&body, depth)
      case .link: try link(&body)
      case .attributeInformation: try attributeInformation(&body, depth)
      case .linkInformation: try linkInformation(&body)
      case .symbolTable:
        let table = SymbolTable(tree: try body.requiredAddress("tree"), heap: try body.requiredAddress("heap"))
        tables[address] = table
        try symbols(table)
      case .externalFiles: try externalFiles(&body)
      case .comment: _ = try body.text()
      case .groupInformation: try body.skip(2)
      case .references: try body.skip(5)
      case .oldTime: try body.skip(16)
      case .time: try body.skip(8)
      case .treeSizes: throw body.damage("says how large the nodes of trees are, which only the superblock may")
      default: break
      }
    }
    guard var layout = body(.layout) else {
      guard space == nil else { throw Damage("the object header at byte \(address) has a shape, but no data") }
      return
    }
    guard let type, let shape else {
      throw Damage("the object header at byte \(address) has data without type or shape")
    }
    var filters = body(.filters)
    let chain = try filters.map { _ throws(Damage) in try StoredFilters(&filters!) }
    try storage(&layout, type, shape, chain)
  }

  /// A type, or the way to one that has a name.
  private mutating func type(_ body: Cursor, isShared: Bool, _ depth: Int) throws(Damage) -> StoredType {
    var body = body
    guard isShared else { return try StoredType(&body) }
    let (version, kind) = (try body.number(1), try body.number(1))
    try body.require((1...3).contains(version) && (version < 3 || kind == 2), "shares a type in a way that is not read")
    if version == 1 { try body.skip(6) }
    let address = try body.requiredAddress("type")
    if !visited.contains(address) { try visit(address, depth: depth + 1) }
    guard let type = types[address] else {
      throw body.damage("takes its type from byte \(address), where there is none")
    }
    return type
  }

  private mutating func checkFillValue(_ body: inout Cursor, isOld: Bool, _ type: StoredType?) throws(Damage) {
    var size = 0
    if isOld {
      size = try body.integer(4)
    } else {
      let version = try body.number(1)
      try body.require((1...3).contains(version), "has a fill value of version \(version)")
      if version == 3 {
        if try body.number(1) & 0x20 != 0 { size = try body.integer(4) }
      } else {
        try body.skip(2)
        let isDefined = try body.number(1) != 0
        if version == 1 || isDefined { size = try body.integer(4) }
      }
    }
    // -1 stands for none.
    if size == 0xFFFF_FFFF { return }
    let value = try body.take(size)
    guard size > 0 else { return }
    try body.require(size == type?.byteCount, "has a fill value of another type")
    if type?.isVariableString == true { try strings(value, count: 1) }
  }

  mutating func attribute(_ body: inout Cursor, _ depth: Int) throws(Damage) {
    let version = try body.number(1)
    let flags = try body.number(1)
    let sizes = [try body.integer(2), try body.integer(2), try body.integer(2)]
    try body.require((1...3).contains(version), "has an attribute of version \(version)")
    try body.require(flags & ~1 == 0 || version == 1, "has an attribute whose shape lies elsewhere")
    if version == 3 { try body.require(try body.number(1) <= 1, "has a name in an unknown alphabet") }
    func part(_ size: Int) throws(Damage) -> Cursor {
      let part = try body.take(size)
      if version == 1 { try body.skip((8 - size % 8) % 8) }
      return part
    }
    let name = try part(sizes[0])
    try name.require(
      name.raw.last == 0 && name.raw.firstIndex(of: 0) == name.count - 1, "has an attribute without a proper name")
    let type = try type(try part(sizes[1]), isShared: version > 1 && flags & 1 == 1, depth)
    var space = try part(sizes[2])
    let shape = try StoredSpace(&space)
    let data = try body.take(shape.count.multipliedClamping(by: type.byteCount))
    if type.isVariableString { try strings(data, count: shape.count) }
  }

  /// A hard link leads to an object, a soft link to a name, any other out of the file.
  mutating func link(_ body: inout Cursor) throws(Damage) {
    try body.expect(1, 1, "version of a link")
    let flags = try body.integer(1)
    try body.require(flags & ~0x1F == 0, "has a link with the flags \(flags)")
    let kind = flags & 8 != 0 ? try body.number(1) : 0
    if flags & 4 != 0 { try body.skip(8) }
    if flags & 16 != 0 { try body.require(try body.number(1) <= 1, "has a name in an unknown alphabet") }
    let length = try body.integer(1 << (flags & 3))
    let name = try body.take(length).raw
    try body.require(
      !name.isEmpty && !name.contains(0) && !name.contains(UInt8(ascii: "/")), "has a link without a proper name")
    switch kind {
    case 0: pending.append(try body.requiredAddress("object"))
    case 1:
      let target = try body.take(try body.integer(2)).raw
      try body.require(!target.isEmpty && !target.contains(0), "has a soft link that leads nowhere")
    case 64:
      var target = try body.take(try body.integer(2))
      try target.require(try target.number(1) == 0, "has an external link of an unknown version")
      for _ in 0..<2 { _ = try target.text() }
    default: throw body.damage("has a link of the unknown kind \(kind)")
    }
  }
}
