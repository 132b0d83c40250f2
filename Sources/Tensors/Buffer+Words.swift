extension Buffer {
  /// A 64-bit whole number in the places of two floats: the `index`-th of such pairs.
  public subscript(word index: Int) -> Int64 {
    get {
      let (low, high) = (self[2 * index].bitPattern, self[2 * index + 1].bitPattern)
      return Int64(bitPattern: UInt64(low) | UInt64(high) << 32)
    }
    nonmutating set {
      let bits = UInt64(bitPattern: newValue)
      self[2 * index] = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      self[2 * index + 1] = Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 32))
    }
  }
}
