/// The shape of a dataset or attribute as a file describes it.
struct StoredSpace {
  /// Empty for a scalar.
  let dimensions: [Int]
  /// Elements in all; 0 for the null space.
  let count: Int
  /// How far each axis may grow; nil for without end.
  let limits: [Int?]

  init(_ message: inout Cursor) throws(Damage) {
    let version = try message.number(1)
    let rank = try message.integer(1)
    let flags = try message.number(1)
    try message.require((1...2).contains(version), "has the version \(version)")
    try message.require(rank <= 32, "has \(rank) axes")
    try message.require(flags & ~1 == 0, "has the flags \(flags)")
    var isNull = false
    if version == 1 {
      try message.skip(5)
    } else {
      let kind = try message.number(1)
      try message.require(kind <= 2 && (kind == 1) == (rank > 0), "has the kind \(kind) with \(rank) axes")
      isNull = kind == 2
    }
    var dimensions: [Int] = []
    for _ in 0..<rank { dimensions.append(Int(clamping: try message.number(8))) }
    var limits: [Int?] = dimensions
    if flags & 1 == 1 {
      for axis in dimensions.indices {
        let most = try message.number(8)
        try message.require(most >= UInt64(dimensions[axis]), "is larger than it may grow")
        limits[axis] = most == .max ? nil : Int(clamping: most)
      }
    }
    (self.dimensions, self.limits) = (dimensions, limits)
    count = isNull ? 0 : dimensions.contains(0) ? 0 : dimensions.reduce(1) { $0.multipliedClamping(by: $1) }
  }
}

extension Int {
  func multipliedClamping(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
