/// A hash of keys, as TensorFlow has them: with a salt SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast
/// short-input PRF", 2012), which nobody can foresee who does not know the salt; else `Fingerprint`.
public enum KeyHash: Hashable, Sendable {
  case fast
  case salted(UInt64, UInt64)

  /// - Parameter salt: two numbers, Keras's `salt`; nil for none.
  public init(salt: [Int]?) {
    precondition(salt == nil || salt!.count == 2, "a salt has two numbers")
    self = salt.map { .salted(UInt64(bitPattern: Int64($0[0])), UInt64(bitPattern: Int64($0[1]))) } ?? .fast
  }

  func callAsFunction(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
    switch self {
    case .fast: unsafe Fingerprint.of(key)
    case .salted(let first, let second): unsafe KeyHash.sip(key, first, second)
    }
  }

  /// One of `count` bins.
  func bin(_ key: UnsafeBufferPointer<UInt8>, of count: Int) -> Int { unsafe Int(self(key) % UInt64(count)) }

  private static func sip(_ key: UnsafeBufferPointer<UInt8>, _ k0: UInt64, _ k1: UInt64) -> UInt64 {
    var v = SIMD4<UInt64>(
      k0 ^ 0x736f_6d65_7073_6575, k1 ^ 0x646f_7261_6e64_6f6d, k0 ^ 0x6c79_6765_6e65_7261, k1 ^ 0x7465_6462_7974_6573)
    func turned(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
    func round() {
      v[0] &+= v[1]
      v[1] = turned(v[1], 13) ^ v[0]
      v[0] = turned(v[0], 32)
      v[2] &+= v[3]
      v[3] = turned(v[3], 16) ^ v[2]
      v[0] &+= v[3]
      v[3] = turned(v[3], 21) ^ v[0]
      v[2] &+= v[1]
      v[1] = turned(v[1], 17) ^ v[2]
      v[2] = turned(v[2], 32)
    }
    func take(_ word: UInt64) {
      v[3] ^= word
      round()
      round()
      v[0] ^= word
    }
    let whole = key.count / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) {
      take(
        unsafe UInt64(littleEndian: UnsafeRawBufferPointer(key).loadUnaligned(fromByteOffset: start, as: UInt64.self)))
    }
    var last = UInt64(key.count & 0xff) << 56
    for index in whole..<key.count { unsafe last |= UInt64(key[index]) << UInt64(8 * (index - whole)) }
    take(last)
    v[2] ^= 0xff
    for _ in 0..<4 { round() }
    return v[0] ^ v[1] ^ v[2] ^ v[3]
  }
}
