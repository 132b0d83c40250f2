public import Tensors

/// Random images with random labels, a pure function of the seed: something to measure speed with.
public struct SyntheticSource: DataSource {
  public let count: Int
  public let shape: Shape
  private let classes: Int
  private let seed: UInt64

  public init(count: Int, shape: Shape, classes: Int, seed: UInt64 = 0) {
    precondition(count > 0 && classes > 0)
    (self.count, self.shape, self.classes, self.seed) = (count, shape, classes, seed)
  }

  public var location: String { "synthetic:\(count)" }
  public var element: SampleElement { .byte }
  public var classNames: [String] { [] }
  public var isRandom: Bool { true }

  public func label(at index: Int) -> Int {
    var random = RandomStream(seed: seed, purpose: .synthesis, item: 1, minor: index)
    return random.integer(below: classes)
  }

  /// Nothing is stored: count, shape and classes say all.
  public func stored(_ index: Int) -> StoredSample { StoredSample(size: 0) }

  public func storedBytes(_ index: Int) -> [UInt8] { [] }

  public func read(_ index: Int, into target: inout MutableRawSpan) {
    precondition(target.byteCount == sampleSize)
    var random = RandomStream(seed: seed, purpose: .synthesis, minor: index)
    for offset in stride(from: 0, to: sampleSize, by: 4) {
      var word = random.nextWord()
      for byte in offset..<min(offset + 4, sampleSize) {
        target.storeBytes(of: UInt8(truncatingIfNeeded: word), toByteOffset: byte, as: UInt8.self)
        word >>= 8
      }
    }
  }
}
