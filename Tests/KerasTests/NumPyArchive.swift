import Archives

/// Arrays in a `.npz` file of NumPy: 32-bit floats or bytes, in C order.
struct NumPyArchive {
  private let archive: ZipArchive

  init(reading path: String) throws { archive = try ZipArchive(reading: path) }

  /// Names without `.npy`.
  var names: [String] { archive.entries.map { String($0.name.dropLast(4)) } }

  /// The values of an array; nil where it is none of these kinds.
  func values(_ name: String) throws -> [Float]? {
    guard let entry = archive.entry("\(name).npy") else { return nil }
    let bytes = try archive.read(entry, limit: 1 << 28)
    // Magic and version, the length of the header, the header.
    let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    guard header.contains("'fortran_order': False") else { return nil }
    if header.contains("'|u1'") { return bytes[start...].map(Float.init) }
    guard header.contains("'<f4'") else { return nil }
    return stride(from: start, to: bytes.count, by: 4).map { place in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * $1) })
    }
  }
}
