public import Tensors

/// Random images with random labels, a pure function of the seed: something to measure speed with.
public struct SyntheticSource: DataSource {
  public let count: Int
  public let columns: [Column]
  private let classes: Int
  private let seed: UInt64

  public init(count: Int, shape: Shape, classes: Int, seed: UInt64 = 0) {
    precondition(count > 0 && classes > 0)
    (self.count, self.classes, self.seed) = (count, classes, seed)
    columns = [.image(shape), .label()]
  }

  public var location: String { "synthetic:\(count)" }
  public var isRandom: Bool { true }

  public func number(_ place: Int, of column: Int, at index: Int) -> Double {
    var random = RandomStream(seed: seed, purpose: .synthesis, item: 1, minor: index)
    return Double(random.integer(below: classes))
  }

  /// Nothing is stored: count, shape and classes say all.
  public func stored(_ index: Int) -> StoredSample { StoredSample(size: 0) }

  public func storedBytes(_ index: Int) -> [UInt8] { [] }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) {
    if wanted.contains(0) { sample.write(0) { target in fill(&target, index) } }
    if wanted.contains(1) { sample[1, 0] = Float(number(0, of: 1, at: index)) }
  }

  private func fill(_ target: inout MutableRawSpan, _ index: Int) {
    var random = RandomStream(seed: seed, purpose: .synthesis, minor: index)
    let size = target.byteCount
    for offset in stride(from: 0, to: size, by: 4) {
      var word = random.nextWord()
      for byte in offset..<min(offset + 4, size) {
        target.storeBytes(of: UInt8(truncatingIfNeeded: word), toByteOffset: byte, as: UInt8.self)
        word >>= 8
      }
    }
  }
}
