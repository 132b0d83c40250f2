internal import Tensors

extension Buffer {
  /// Floats that are worked on together so that they stay in the first-level cache from one addition to the next.
  static let blockCount = 4096

  /// Adds a range of another buffer to the same range of this one: `self[i] += source[i]`.
  func add(_ source: Buffer, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= min(count, source.count))
    let destination = unsafe pointer
    let addend = unsafe UnsafePointer(source.pointer)
    for index in range { unsafe destination[index] += addend[index] }
  }

  /// Copies a range of another buffer to a position of this one.
  func copy(from source: Buffer, range: Range<Int>, to position: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= source.count)
    precondition(position >= 0 && position + range.count <= count)
    unsafe (pointer + position).update(from: source.pointer + range.lowerBound, count: range.count)
  }
}

extension Range<Int> {
  /// Calls the body for one block after the other.
  func forEachBlock(_ body: (Range<Int>) -> Void) {
    for start in stride(from: lowerBound, to: upperBound, by: Buffer.blockCount) {
      body(start..<Swift.min(start + Buffer.blockCount, upperBound))
    }
  }
}
