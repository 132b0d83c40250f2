/// The fingerprint of bytes that TensorFlow's `to_hash_bucket_fast` takes: FarmHash's `Fingerprint64` (G. Pike, J.
/// Alakuijala, 2014; its `farmhashna::Hash64`, under the MIT licence). The same on every machine, for ever.
enum Fingerprint {
  private static let k0: UInt64 = 0xc3a5_c85c_97cb_3127
  private static let k1: UInt64 = 0xb492_b66f_be98_f273
  private static let k2: UInt64 = 0x9ae1_6a3b_2f90_404f

  private typealias Pair = (UInt64, UInt64)

  static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    switch bytes.count {
    case ...16: unsafe short(bytes)
    case ...32: unsafe to32(bytes)
    case ...64: unsafe to64(bytes)
    default: unsafe long(bytes)
    }
  }

  /// The fingerprint of two that are crossed (TensorFlow's `FingerprintCat64`).
  static func crossing(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let multiplier: UInt64 = 0xc6a4_a793_5bd1_e995
    var result = first ^ multiplier
    result ^= shiftMixed(second &* multiplier) &* multiplier
    result &*= multiplier
    return shiftMixed(shiftMixed(result) &* multiplier)
  }

  private static func short(_ s: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let count = UInt64(s.count)
    if count >= 8 {
      let multiplier = k2 &+ count &* 2
      let a = unsafe word(s, 0) &+ k2
      let b = unsafe word(s, s.count - 8)
      let c = turned(b, 37) &* multiplier &+ a
      let d = (turned(a, 25) &+ b) &* multiplier
      return mixed(c, d, multiplier)
    }
    if count >= 4 {
      let a = unsafe UInt64(half(s, 0))
      return unsafe mixed(count &+ (a << 3), UInt64(half(s, s.count - 4)), k2 &+ count &* 2)
    }
    guard count > 0 else { return k2 }
    let y = unsafe UInt32(s[0]) &+ (UInt32(s[s.count >> 1]) << 8)
    let z = unsafe UInt32(s.count) &+ (UInt32(s[s.count - 1]) << 2)
    return shiftMixed(UInt64(y) &* k2 ^ UInt64(z) &* k0) &* k2
  }

  private static func to32(_ s: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let multiplier = k2 &+ UInt64(s.count) &* 2
    let a = unsafe word(s, 0) &* k1
    let b = unsafe word(s, 8)
    let c = unsafe word(s, s.count - 8) &* multiplier
    let d = unsafe word(s, s.count - 16) &* k2
    return mixed(turned(a &+ b, 43) &+ turned(c, 30) &+ d, a &+ turned(b &+ k2, 18) &+ c, multiplier)
  }

  private static func to64(_ s: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let multiplier = k2 &+ UInt64(s.count) &* 2
    let a = unsafe word(s, 0) &* k2
    let b = unsafe word(s, 8)
    let c = unsafe word(s, s.count - 8) &* multiplier
    let d = unsafe word(s, s.count - 16) &* k2
    let y = turned(a &+ b, 43) &+ turned(c, 30) &+ d
    let z = mixed(y, a &+ turned(b &+ k2, 18) &+ c, multiplier)
    let e = unsafe word(s, 16) &* multiplier
    let f = unsafe word(s, 24)
    let g = unsafe (y &+ word(s, s.count - 32)) &* multiplier
    let h = unsafe (z &+ word(s, s.count - 24)) &* multiplier
    return mixed(turned(e &+ f, 43) &+ turned(g, 30) &+ h, e &+ turned(f &+ a, 18) &+ g, multiplier)
  }

  private static func long(_ s: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let seed: UInt64 = 81
    var x = unsafe seed &* k2 &+ word(s, 0)
    var y = seed &* k1 &+ 113
    var z = shiftMixed(y &* k2 &+ 113) &* k2
    var (v, w): (Pair, Pair) = ((0, 0), (0, 0))
    var start = 0
    let end = (s.count - 1) / 64 * 64
    func round(_ multiplier: UInt64, _ nine: UInt64) {
      x = unsafe turned(x &+ y &+ v.0 &+ word(s, start + 8), 37) &* multiplier
      y = unsafe turned(y &+ v.1 &+ word(s, start + 48), 42) &* multiplier
      x ^= w.1 &* nine
      y = unsafe y &+ v.0 &* nine &+ word(s, start + 40)
      z = turned(z &+ w.0, 33) &* multiplier
      v = unsafe weak(s, start, v.1 &* multiplier, x &+ w.0)
      w = unsafe weak(s, start + 32, z &+ w.1, y &+ word(s, start + 16))
      swap(&z, &x)
    }
    while start < end {
      round(k1, 1)
      start += 64
    }
    let multiplier = k1 &+ ((z & 0xff) << 1)
    start = s.count - 64
    w.0 &+= UInt64((s.count - 1) & 63)
    v.0 &+= w.0
    w.0 &+= v.0
    round(multiplier, 9)
    return mixed(
      mixed(v.0, w.0, multiplier) &+ shiftMixed(y) &* k0 &+ z, mixed(v.1, w.1, multiplier) &+ x, multiplier)
  }

  private static func weak(_ s: UnsafeBufferPointer<UInt8>, _ start: Int, _ first: UInt64, _ second: UInt64) -> Pair {
    var (a, b) = (first, second)
    a = unsafe a &+ word(s, start)
    b = unsafe turned(b &+ a &+ word(s, start + 24), 21)
    let c = a
    a = unsafe a &+ word(s, start + 8) &+ word(s, start + 16)
    b = b &+ turned(a, 44)
    return unsafe (a &+ word(s, start + 24), b &+ c)
  }

  private static func mixed(_ u: UInt64, _ v: UInt64, _ multiplier: UInt64) -> UInt64 {
    var a = (u ^ v) &* multiplier
    a ^= a >> 47
    var b = (v ^ a) &* multiplier
    b ^= b >> 47
    return b &* multiplier
  }

  private static func shiftMixed(_ value: UInt64) -> UInt64 { value ^ (value >> 47) }

  private static func turned(_ value: UInt64, _ bits: UInt64) -> UInt64 { value >> bits | value << (64 - bits) }

  private static func word(_ s: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt64 {
    unsafe UInt64(littleEndian: UnsafeRawBufferPointer(s).loadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  private static func half(_ s: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32 {
    unsafe UInt32(littleEndian: UnsafeRawBufferPointer(s).loadUnaligned(fromByteOffset: start, as: UInt32.self))
  }
}
