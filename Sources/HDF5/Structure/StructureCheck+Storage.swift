extension StructureCheck {
  /// Where the elements of a dataset lie.
  mutating func storage(
    _ layout: inout Cursor, _ type: StoredType, _ shape: StoredSpace, _ filters: StoredFilters?
  ) throws(Damage) {
    let version = try layout.number(1)
    try layout.require(
      (3...4).contains(version), "stores data in the form \(version): write the file again with h5repack")
    let bytes = shape.count.multipliedClamping(by: type.byteCount)
    let kind = try layout.number(1)
    try layout.require(filters == nil || kind == 2, "has filters without chunks")
    switch kind {
    case 0:
      let data = try layout.take(try layout.integer(2))
      try layout.require(data.count == bytes, "has \(data.count) bytes for \(bytes)")
      if type.isVariableString { try strings(data, count: shape.count) }
    case 1:
      let address = try layout.address()
      let size = try layout.number(8)
      // A shape that no file can hold is refused with better words where the dataset is opened.
      guard let address else { return }
      try layout.require(size == UInt64(bytes), "has \(size) bytes for \(bytes)")
      let data = type.isVariableString ? try block(at: address, count: bytes, of: "an array of strings") : nil
      if let data { try strings(data, count: shape.count) } else { try claim(address, bytes, of: "an array") }
    case 2:
      var chunks = ChunkedStorage(type, shape, filters)
      if version == 3 { try chunks.checkTree(&layout, &self) } else { try chunks.checkIndex(&layout, &self) }
    case 3:
      throw Damage(
        "a dataset is a virtual dataset, whose data lie in other files", advice: "copy the data itself into the file")
    default: throw layout.damage("stores data in the unknown way \(kind)")
    }
  }
}
