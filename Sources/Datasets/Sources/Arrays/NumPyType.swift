import Tensors

/// The numbers of a NumPy array: `<f4` is little-endian floats of 4 bytes.
struct NumPyType {
  enum Kind: Character {
    case bool = "b"
    case signed = "i"
    case unsigned = "u"
    case real = "f"
  }

  let kind: Kind
  /// Bytes of a number.
  let size: Int
  private let isBigEndian: Bool
  /// As NumPy writes it.
  let name: String

  init(_ text: String, _ place: String) throws(DataError) {
    let letters = Array(text)
    guard letters.count >= 3, "<>|=".contains(letters[0]), let size = Int(String(letters[2...])),
      let kind = Kind(rawValue: letters[1]), NumPyType.sizes(kind).contains(size)
    else {
      let (problem, remedy) =
        switch letters.dropFirst().first {
        case "O": ("Python objects", "save numbers, or lists of one length as an array")
        case "U", "S": ("text", "save class numbers, by numpy.unique(labels, return_inverse=True)")
        case "c": ("complex numbers", "save their parts as real numbers")
        default: ("numbers of the type '\(text)'", "save them as float32")
        }
      throw DataError(place, "is a NumPy array of \(problem), which is not read", remedy: remedy)
    }
    (self.kind, self.size, isBigEndian, name) = (kind, size, letters[0] == ">", text)
  }

  private static func sizes(_ kind: Kind) -> [Int] {
    switch kind {
    case .bool: [1]
    case .signed, .unsigned: [1, 2, 4, 8]
    case .real: [2, 4, 8]
    }
  }

  var numbers: ArrayNumbers { kind == .real ? .reals : kind == .unsigned && size == 1 ? .bytes : .integers }

  /// Whether numbers are stored as floats of this machine.
  var isFloat: Bool { kind == .real && size == 4 && !isBigEndian }

  /// A stored number.
  ///
  /// - Parameter place: of its first byte.
  func number(_ stored: UnsafeRawBufferPointer, at place: Int) -> Double {
    let bits = unsafe bits(stored, at: place)
    return switch (kind, size) {
    case (.real, 2): Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits)))
    case (.real, 4): Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case (.real, _): Double(bitPattern: bits)
    case (.signed, _): Double(signed(bits))
    case (.bool, _): bits == 0 ? 0 : 1
    case (.unsigned, _): Double(bits)
    }
  }

  /// A stored whole number; nil where it is too large.
  func integer(_ stored: UnsafeRawBufferPointer, at place: Int) -> Int64? {
    let bits = unsafe bits(stored, at: place)
    return kind == .signed ? signed(bits) : kind == .bool ? (bits == 0 ? 0 : 1) : Int64(exactly: bits)
  }

  private func signed(_ bits: UInt64) -> Int64 {
    let unused = UInt64(64 - 8 * size)
    return Int64(bitPattern: bits << unused) >> Int64(unused)
  }

  private func bits(_ stored: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
    var bits: UInt64 = 0
    for byte in 0..<size {
      let stored = unsafe UInt64(stored[place + byte])
      bits |= stored << UInt64(8 * (isBigEndian ? size - 1 - byte : byte))
    }
    return bits
  }
}
