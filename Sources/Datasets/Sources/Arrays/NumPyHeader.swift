/// The header of a `.npy` file, versions 1 to 3: its magic, the version, the length of what follows, and a dictionary
/// as Python writes it, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` (numpy.lib.format).
struct NumPyHeader {
  let type: NumPyType
  let isFortran: Bool
  let shape: [Int]
  /// Bytes before the numbers.
  let size: Int
  /// Bytes of all numbers.
  let contents: Int

  /// Bytes that tell how long the header is.
  static let startSize = 12
  /// Bytes of headers that are read.
  private static let limit = 1 << 20

  /// The length of the header that begins so.
  ///
  /// - Parameter place: what messages call the array.
  static func size(_ start: [UInt8], _ place: String) throws(DataError) -> Int {
    guard start.starts(with: [0x93] + Array("NUMPY".utf8)), start.count >= startSize else {
      throw DataError(
        place, start.isEmpty ? "is empty" : "is no NumPy array, or it is truncated",
        remedy: "save it again by numpy.save or numpy.savez")
    }
    guard (1...3).contains(start[6]) else {
      throw DataError(
        place, "is a NumPy array of version \(start[6]) of its format, but 1 to 3 are read",
        remedy: "save it again by numpy.save or numpy.savez")
    }
    let digits = start[6] == 1 ? 2 : 4
    let length = (0..<digits).reduce(0) { $0 | Int(start[8 + $1]) << (8 * $1) }
    guard length <= limit else { throw damaged(place) }
    return 8 + digits + length
  }

  /// - Parameter bytes: the whole header.
  init(_ bytes: [UInt8], _ place: String) throws(DataError) {
    let text = String(decoding: bytes.dropFirst(bytes[6] == 1 ? 10 : 12), as: UTF8.self)
    guard text.firstMatch(of: /'descr':\s*\[/) == nil else {
      throw DataError(
        place, "is a NumPy array of records with fields", remedy: "save each field as an array of its own")
    }
    guard let descr = text.firstMatch(of: /'descr':\s*'([^']*)'/)?.1,
      let order = text.firstMatch(of: /'fortran_order':\s*(True|False)/)?.1,
      let axes = text.firstMatch(of: /'shape':\s*\(([0-9L, ]*)\)/)?.1
    else { throw NumPyHeader.damaged(place) }
    type = try NumPyType(String(descr), place)
    isFortran = order == "True"
    var (shape, count) = ([Int](), type.size)
    for axis in axes.split(separator: ",").map({ $0.filter(\.isNumber) }) where !axis.isEmpty {
      guard let axis = Int(axis) else { throw NumPyHeader.damaged(place) }
      shape.append(axis)
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
      guard !overflow else { throw NumPyHeader.damaged(place) }
      count = product
    }
    (self.shape, size, contents) = (shape, bytes.count, count)
  }

  private static func damaged(_ place: String) -> DataError {
    DataError(place, "its header is damaged", remedy: "save it again by numpy.save or numpy.savez")
  }
}
