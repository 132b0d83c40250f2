/// The sum of doubles without any rounding, so that the order in which they are added, and who adds them, does not
/// matter: the same bits for every number of ranks, shards and threads, merged in any order.
///
/// A fixed-point number of 352 bits in units of 2^-160, 32 bits in each of eleven words, each with room for 2^31
/// additions before it overflows. A value is first rounded to the unit, which depends on that value alone. Values of
/// 2^160 or more, infinities and NaN are counted in a word of their own; the sum is then NaN. Merging adds word by
/// word.
///
/// (The idea is Kulisch's accumulator; U. Kulisch, "Computer Arithmetic and Validity", 2008.)
package enum ExactSum {
  private static let digits = 11
  /// Words that a sum takes.
  package static let words = digits + 1

  /// Adds a value to the sum whose words begin at `start`.
  package static func add(_ value: Double, to words: inout [Int64], at start: Int) {
    guard abs(value) < 0x1p160 else {
      words[start + digits] += 1
      return
    }
    let scaled = (value * 0x1p160).rounded()
    if scaled == 0 { return }
    // scaled = significand * 2^place, both whole.
    let place = max(0, Int(scaled.exponent) - 52)
    let significand = UInt64((abs(scaled) / Double(sign: .plus, exponent: place, significand: 1)))
    let shifted = UInt128(significand) << UInt128(place % 32)
    let sign: Int64 = scaled < 0 ? -1 : 1
    for digit in 0..<3 {
      let part = Int64(truncatingIfNeeded: (shifted >> UInt128(32 * digit)) & 0xffff_ffff)
      if part != 0 { words[start + place / 32 + digit] += sign * part }
    }
  }

  /// The sum, rounded once.
  package static func value(_ words: [Int64], at start: Int) -> Double {
    guard words[start + digits] == 0 else { return .nan }
    // Carries leave digits from 0 to 2^32 - 1 below the highest, which has the sign.
    var (carry, parts) = (Int64(0), SIMD16<Int64>())
    for digit in 0..<digits {
      let sum = words[start + digit] + carry
      parts[digit] = digit < digits - 1 ? sum & 0xffff_ffff : sum
      carry = digit < digits - 1 ? sum >> 32 : 0
    }
    let isNegative = parts[digits - 1] < 0
    if isNegative {
      carry = 0
      for digit in 0..<digits {
        let sum = carry - parts[digit]
        parts[digit] = digit < digits - 1 ? sum & 0xffff_ffff : sum
        carry = digit < digits - 1 ? sum >> 32 : 0
      }
    }
    guard let highest = (0..<digits).last(where: { parts[$0] != 0 }) else { return 0 }
    // The three highest digits hold at least 65 bits; of what is below, only whether there is any matters.
    let lowest = max(0, highest - 2)
    var whole = UInt128(0)
    for digit in (lowest...highest).reversed() { whole = whole << 32 | UInt128(truncatingIfNeeded: parts[digit]) }
    let rest = (0..<lowest).contains { parts[$0] != 0 }
    let magnitude = Double(whole << 1 | (rest ? 1 : 0))
    let value = magnitude * Double(sign: .plus, exponent: 32 * lowest - 161, significand: 1)
    return isNegative ? -value : value
  }
}
