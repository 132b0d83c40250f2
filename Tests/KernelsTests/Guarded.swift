import Tensors

/// A buffer of NaN between canaries.
struct Guarded {
  private static let margin = 16
  private static let canary: Float = 12_345
  private let outer: Buffer
  let inner: Buffer

  init(count: Int) {
    outer = Buffer(count: count + 2 * Guarded.margin)
    outer.fill(Guarded.canary)
    inner = outer[Guarded.margin..<Guarded.margin + count]
    reset()
  }

  func reset() { inner.fill(.nan) }

  var isIntact: Bool {
    let values = outer.values
    return values.prefix(Guarded.margin).allSatisfy { $0 == Guarded.canary }
      && values.suffix(Guarded.margin).allSatisfy { $0 == Guarded.canary }
  }
}
