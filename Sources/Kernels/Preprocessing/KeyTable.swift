/// The places of keys in a list of them, found without memory of its own: a step allocates nothing.
public struct KeyTable: Hashable, Sendable {
  public let count: Int
  /// The keys one after the other, and where each begins.
  private let bytes: [UInt8]
  private let starts: [Int]
  /// Open addressing: places of keys, -1 where there is none; a power of two of them.
  private let slots: [Int32]

  /// - Parameter keys: each of them once, fewer than 2^30.
  public init(_ keys: [[UInt8]]) {
    precondition(keys.count < 1 << 30, "\(keys.count) keys are too many")
    count = keys.count
    var (bytes, starts) = ([UInt8](), [0])
    for key in keys {
      bytes += key
      starts.append(bytes.count)
    }
    var size = 4
    while size < 2 * keys.count { size *= 2 }
    var slots = [Int32](repeating: -1, count: size)
    for (place, key) in keys.enumerated() {
      var slot = unsafe key.withUnsafeBufferPointer { unsafe Int(truncatingIfNeeded: Fingerprint.of($0)) } & (size - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Int32(place)
    }
    (self.bytes, self.starts, self.slots) = (bytes, starts, slots)
  }

  /// The place of a key; nil where it is not in the list.
  func place(of key: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = unsafe Int(truncatingIfNeeded: Fingerprint.of(key)) & (slots.count - 1)
    while slots[slot] >= 0 {
      let place = Int(slots[slot])
      if unsafe isEqual(place, key) { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func isEqual(_ place: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = starts[place]
    guard starts[place + 1] - start == key.count else { return false }
    for index in 0..<key.count where unsafe bytes[start + index] != key[index] { return false }
    return true
  }
}
