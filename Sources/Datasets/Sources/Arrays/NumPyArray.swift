import Tensors

/// A `.npy` array in a file: a row is read when it is wanted.
struct NumPyArray: SampleArray {
  private let place: String
  private let header: NumPyHeader
  private let file: RandomAccessFile

  /// Bytes that are read and converted at a time.
  private static let piece = 1 << 22

  /// - Parameter place: what messages call it.
  init(_ file: RandomAccessFile, _ place: String) throws(DataError) {
    let start = try file.bytes(0..<min(file.size, NumPyHeader.startSize))
    let size = try NumPyHeader.size(start, place)
    guard size <= file.size else { throw NumPyArray.truncated(place, has: file.size, wants: size) }
    header = try NumPyHeader(try file.bytes(0..<size), place)
    let (end, overflow) = header.contents.addingReportingOverflow(size)
    guard !overflow, end <= file.size else { throw NumPyArray.truncated(place, has: file.size, wants: end) }
    guard end == file.size else {
      throw DataError(
        place, "has \(file.size - end) bytes more than its shape \(header.shape) takes",
        remedy: "save one array in each file")
    }
    (self.file, self.place) = (file, place)
  }

  private static func truncated(_ place: String, has size: Int, wants wanted: Int) -> DataError {
    DataError(place, "is truncated: it has \(size) bytes of \(wanted)", remedy: "get the file again")
  }

  var shape: [Int] { header.shape }
  var numbers: ArrayNumbers { header.type.numbers }
  var typeName: String { header.type.name }

  func read(
    _ rows: Range<Int>, as element: SampleElement, into memory: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    let isStoredSo = element == .byte ? numbers == .bytes : header.type.isFloat
    if isStoredSo, !header.isFortran {
      return try unsafe file.read(bytes(of: rows), into: memory)
    }
    let type = header.type
    let memory = unsafe memory
    try unsafe forEachNumber(of: rows) { (stored, source, target) throws(DataError) in
      let number = unsafe type.number(stored, at: source)
      switch element {
      case .float: unsafe memory.storeBytes(of: Float(number), toByteOffset: 4 * target, as: Float.self)
      case .byte:
        guard let byte = UInt8(exactly: number) else {
          throw DataError(
            place,
            "row \(rows.lowerBound + target / rowCount) holds \(StoredNumbers.text(number)), which is no class "
              + "number of 0 to 255", remedy: "correct it")
        }
        unsafe memory[target] = byte
      }
    }
  }

  func integers() throws(DataError) -> [Int64] {
    let type = header.type
    precondition(type.kind != .real)
    var integers = [Int64](repeating: 0, count: shape.reduce(1, *))
    try unsafe forEachNumber(of: 0..<(shape.first ?? 1)) { (stored, source, target) throws(DataError) in
      guard let integer = unsafe type.integer(stored, at: source) else {
        throw DataError(place, "holds a number over \(Int64.max)", remedy: "correct it")
      }
      integers[target] = integer
    }
    return integers
  }

  /// The bytes of some rows in C order.
  private func bytes(of rows: Range<Int>) -> Range<Int> {
    let size = rowCount * header.type.size
    return header.size + rows.lowerBound * size..<header.size + rows.upperBound * size
  }

  /// Hands over every number of some rows: bytes, where in them it begins, and its place in the rows in C order.
  private func forEachNumber(
    of rows: Range<Int>, _ body: (UnsafeRawBufferPointer, Int, Int) throws(DataError) -> Void
  ) throws(DataError) {
    let size = header.type.size
    guard header.isFortran, shape.count > 1 else {
      let range = bytes(of: rows)
      for first in stride(from: range.lowerBound, to: range.upperBound, by: NumPyArray.piece) {
        let stored = try file.bytes(first..<min(first + NumPyArray.piece, range.upperBound))
        try unsafe stored.span.bytes.withUnsafeBytes { (stored) throws(DataError) in
          for place in stride(from: 0, to: stored.count, by: size) {
            try unsafe body(stored, place, (first - range.lowerBound + place) / size)
          }
        }
      }
      return
    }
    // The first axis runs fastest: the numbers of one place in all rows lie beside each other.
    let (sizes, count, width) = (Array(shape.dropFirst()), shape[0], rowCount)
    for place in 0..<width {
      var (rest, target, stride) = (place, 0, width)
      // `place` counts the first of the other axes fastest, `target` the last.
      for axis in sizes {
        stride /= axis
        target += rest % axis * stride
        rest /= axis
      }
      let start = header.size + (place * count + rows.lowerBound) * size
      let stored = try file.bytes(start..<start + rows.count * size)
      try unsafe stored.span.bytes.withUnsafeBytes { (stored) throws(DataError) in
        for row in 0..<rows.count { try unsafe body(stored, row * size, row * width + target) }
      }
    }
  }
}
