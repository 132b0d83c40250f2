/// A collection of strings of any length, to which elements lead.
struct GlobalHeap {
  /// Bytes by number.
  private(set) var sizes: [Int: Int] = [:]

  init(_ check: inout StructureCheck, at address: Int) throws(Damage) {
    var start = try check.file.bytes(at: address, count: 16, of: "the global heap")
    try start.expect("GCOL")
    try start.expect(1, 1, "version")
    try start.skip(3)
    let size = try start.integer(8)
    try start.require(size >= 4096, "has only \(size) bytes")
    var heap = try check.block(at: address, count: size, of: "the global heap")
    try heap.skip(16)
    while heap.count >= 16 {
      let number = try heap.integer(2)
      try heap.skip(6)
      let bytes = try heap.integer(8)
      // Number 0 is what is free, its own 16 bytes included.
      let taken = number == 0 ? bytes - 16 : (bytes + 7) / 8 * 8
      try heap.require(taken >= 0 && taken <= heap.count, "has an object of \(bytes) bytes")
      try heap.require(sizes.updateValue(bytes, forKey: number) == nil, "has two objects with the number \(number)")
      try heap.skip(taken)
    }
  }
}

extension StructureCheck {
  /// Elements that are strings of any length: each is a length and the place of an object.
  mutating func strings(_ data: Cursor, count: Int) throws(Damage) {
    var data = data
    for _ in 0..<count {
      let length = try data.integer(4)
      let address = try data.number(8)
      let number = try data.integer(4)
      guard length > 0, address != 0 else { continue }
      try data.require(address <= UInt64(file.end), "has a string outside of the file")
      let place = Int(address)
      if heaps[place] == nil { heaps[place] = try GlobalHeap(&self, at: place) }
      try data.require(
        number > 0 && heaps[place]?.sizes[number] == length, "has a string that is not where it should be")
    }
  }
}
