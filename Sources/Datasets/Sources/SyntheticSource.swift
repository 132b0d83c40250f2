public import Tensors

/// Random images or other inputs with random labels, a pure function of the seed: something to measure speed with.
public struct SyntheticSource: DataSource {
  public let count: Int
  public let columns: [Column]
  private let classes: Int?
  private let seed: UInt64

  public init(count: Int, shape: Shape, classes: Int, seed: UInt64 = 0) {
    self.init(count: count, inputs: [.image(shape)], classes: classes, seed: seed)
  }

  /// - Parameters:
  ///   - inputs: images are bytes, and anything else numbers from 0 to 1.
  ///   - classes: nil for samples without labels.
  init(count: Int, inputs: [Column], classes: Int?, seed: UInt64 = 0) {
    precondition(count > 0 && classes ?? 1 > 0)
    (self.count, self.classes, self.seed) = (count, classes, seed)
    columns = inputs + (classes == nil ? [] : [.label()])
  }

  public var location: String { "synthetic:\(count)" }
  public var isRandom: Bool { true }

  public func number(_ place: Int, of column: Int, at index: Int) -> Double {
    guard columns[column].kind.isLabel else {
      var random = RandomStream(
        seed: seed, purpose: .synthesis, item: SyntheticSource.item(column), major: place, minor: index)
      return Double(random.uniform())
    }
    var random = RandomStream(seed: seed, purpose: .synthesis, item: SyntheticSource.labelItem, minor: index)
    return Double(random.integer(below: classes ?? 1))
  }

  private static let labelItem = 1
  /// Tells the random numbers of columns apart.
  private static func item(_ column: Int) -> Int { column == 0 ? 0 : labelItem + column }

  /// Nothing is stored: count, shape and classes say all.
  public func stored(_ index: Int) -> StoredSample { StoredSample(size: 0) }

  public func storedBytes(_ index: Int) -> [UInt8] { [] }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) {
    for (position, column) in columns.enumerated() where wanted.contains(position) {
      if column.element == .byte {
        sample.write(position) { target in fill(&target, index, column: position) }
      } else {
        for place in 0..<column.shape.count { sample[position, place] = Float(number(place, of: position, at: index)) }
      }
    }
  }

  private func fill(_ target: inout MutableRawSpan, _ index: Int, column: Int) {
    var random = RandomStream(
      seed: seed, purpose: .synthesis, item: SyntheticSource.item(column), minor: index)
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
