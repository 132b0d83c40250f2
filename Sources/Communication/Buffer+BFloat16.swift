internal import Tensors

extension UInt32 {
  /// The bits of a float rounded to the nearest bfloat16, ties to even; NaN stays NaN.
  @inline(__always) fileprivate var roundedToBFloat16: UInt32 {
    let rounded = (self &+ 0x7FFF &+ (self >> 16 & 1)) & 0xFFFF_0000
    return self & 0x7FFF_FFFF > 0x7F80_0000 ? (self | 0x0040_0000) & 0xFFFF_0000 : rounded
  }
}

extension Buffer {
  /// Rounds a range to what the precision can hold.
  func round(to precision: GradientPrecision, range: Range<Int>) {
    guard precision == .bfloat16 else { return }
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    let values = unsafe pointer
    for index in range {
      unsafe values[index] = Float(bitPattern: values[index].bitPattern.roundedToBFloat16)
    }
  }

  /// Writes a range of rounded values into a message, two to a word.
  func packBFloat16(_ range: Range<Int>, into words: Buffer) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count && 2 * words.count >= range.count)
    unsafe words.pointer.withMemoryRebound(to: UInt16.self, capacity: 2 * words.count) { halves in
      let values = unsafe pointer + range.lowerBound
      for index in 0..<range.count { unsafe halves[index] = UInt16(truncatingIfNeeded: values[index].bitPattern >> 16) }
      // The second half of the last word.
      if !range.count.isMultiple(of: 2) { unsafe halves[range.count] = 0 }
    }
  }

  /// Reads a message into a range.
  func unpackBFloat16(_ words: Buffer, into range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count && 2 * words.count >= range.count)
    unsafe words.pointer.withMemoryRebound(to: UInt16.self, capacity: 2 * words.count) { halves in
      let values = unsafe pointer + range.lowerBound
      for index in 0..<range.count { unsafe values[index] = Float(bitPattern: UInt32(halves[index]) << 16) }
    }
  }
}
