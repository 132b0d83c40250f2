/// A key that tells contents apart: 64 bits, from a product and a shift of every word.
package enum ContentKey {
  package static func of(_ bytes: [UInt8]) -> UInt64 { of(bytes, []) }

  /// - Parameter sizes: what the numbers are besides, such as the shape of an image.
  static func of<Number>(_ numbers: [Number], _ sizes: [Int]) -> UInt64 {
    unsafe numbers.withUnsafeBytes { bytes in
      var state: UInt64 = 0x9E37_79B9_7F4A_7C15
      func add(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        state = product.high ^ product.low &+ 0xA076_1D64_78BD_642F
      }
      for size in sizes + [bytes.count] { add(UInt64(size)) }
      let whole = bytes.count / 8 * 8
      for place in stride(from: 0, to: whole, by: 8) {
        add(unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      }
      var rest: UInt64 = 0
      for place in whole..<bytes.count { rest = unsafe rest << 8 | UInt64(bytes[place]) }
      add(rest)
      return state
    }
  }
}
