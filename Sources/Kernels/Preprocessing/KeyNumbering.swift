/// The number that a key gets.
public enum KeyNumbering: Hashable, Sendable {
  case lookup(KeyLookup)
  case hashing(KeyHashing)

  /// - Returns: nil for a key that counts nothing; -1 for one that has no number.
  func number(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
    switch self {
    case .lookup(let lookup): unsafe lookup.number(key)
    case .hashing(let hashing): unsafe hashing.number(key)
    }
  }
}

/// Places of keys in a vocabulary (Keras's `IndexLookup`): the mask first, where there is one, then the numbers of
/// keys that are not in the vocabulary, then the vocabulary in its order.
public struct KeyLookup: Hashable, Sendable {
  /// How keys that are not in the vocabulary are shared out among several numbers.
  public enum Spread: Hashable, Sendable {
    /// Whole numbers by their remainder.
    case remainder
    case hash(KeyHash)
  }

  private let vocabulary: KeyTable
  private let mask: [UInt8]?
  private let maskNumber: Int?
  private let firstUnknown: Int
  private let unknowns: Int
  private let spread: Spread

  /// - Parameters:
  ///   - mask: the key that means nothing.
  ///   - maskNumber: its number; nil counts it nowhere.
  ///   - unknowns: numbers for keys that are not in the vocabulary, from `firstUnknown` on.
  public init(
    _ vocabulary: [[UInt8]], mask: [UInt8]?, maskNumber: Int?, firstUnknown: Int, unknowns: Int, spread: Spread
  ) {
    self.vocabulary = KeyTable(vocabulary)
    (self.mask, self.maskNumber) = (mask, maskNumber)
    (self.firstUnknown, self.unknowns, self.spread) = (firstUnknown, unknowns, spread)
  }

  func number(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
    if let mask, unsafe key.elementsEqual(mask) { return maskNumber }
    if let place = unsafe vocabulary.place(of: key) { return firstUnknown + unknowns + place }
    guard unknowns > 1 else { return unknowns == 0 ? -1 : firstUnknown }
    switch spread {
    case .remainder:
      let remainder = unsafe Int(KeyTensor.number(key)) % unknowns
      return firstUnknown + (remainder < 0 ? remainder + unknowns : remainder)
    case .hash(let hash): return unsafe firstUnknown + hash.bin(key, of: unknowns)
    }
  }
}

/// Bins of keys by their hashes (Keras's `Hashing`); a key that is masked is in bin 0, in which no other is.
public struct KeyHashing: Hashable, Sendable {
  private let bins: Int
  private let hash: KeyHash
  private let mask: [UInt8]?

  public init(bins: Int, hash: KeyHash, mask: [UInt8]?) {
    precondition(bins > 0)
    (self.bins, self.hash, self.mask) = (bins, hash, bins > 1 ? mask : nil)
  }

  func number(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    guard let mask else { return unsafe hash.bin(key, of: bins) }
    return unsafe key.elementsEqual(mask) ? 0 : 1 + hash.bin(key, of: bins - 1)
  }
}
