import Tensors

/// PBM, PGM and PPM, in text and in bytes (Netpbm's formats P1 to P6): numbers as they are.
struct PortableMapReader: ImageReader {
  let header: ImageHeader
  private let file: [UInt8]
  private let place: String
  private let start: Int
  private let greatest: Int
  private let isText: Bool
  private let isBitmap: Bool

  init(_ file: [UInt8], _ place: String) throws(DataError) {
    let kind = Int(file[1]) - 0x30
    var position = 2
    (isText, isBitmap) = (kind <= 3, kind == 1 || kind == 4)
    var numbers: [Int] = []
    for _ in 0..<(isBitmap ? 2 : 3) {
      guard let number = PortableMapReader.number(file, &position) else { break }
      numbers.append(number)
    }
    guard numbers.count == (isBitmap ? 2 : 3), position < file.count else {
      throw DataError(place, "the PNM image is truncated or has no header", remedy: "replace or remove the file")
    }
    greatest = isBitmap ? 1 : numbers[2]
    guard (1...65_535).contains(greatest) else {
      throw DataError(
        place, "the PNM image says that white is \(greatest), which is not 1 to 65,535",
        remedy: "replace or remove the file")
    }
    header = ImageHeader(
      height: numbers[1], width: numbers[0], isGrey: kind != 3 && kind != 6,
      numbers: greatest > 255 ? .fractions : .bytes)
    // One space ends the header.
    (self.file, self.place, start) = (file, place, position + 1)
  }

  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image {
    let shape = Shape(header.height, header.width, header.isGrey ? 1 : 3)
    let numbers = isText ? try texts(shape.count) : isBitmap ? try bits(shape) : try integers(shape.count)
    // Black is 1 in a bitmap.
    let (greatest, isBitmap) = (greatest, isBitmap)
    if header.numbers == .fractions {
      return Image(shape: shape, .floats(numbers.map { Float(min(Int($0), greatest)) / Float(greatest) }))
    }
    let values = (0...greatest).map { number in
      UInt8(((isBitmap ? 1 - number : number) * 255 * 2 + greatest) / (2 * greatest))
    }
    return Image(shape: shape, bytes: numbers.map { values[min(Int($0), greatest)] })
  }

  private var truncation: DataError {
    DataError(
      place, "the PNM image is truncated: its \(file.count) bytes end before it does",
      remedy: "get the file again or remove it")
  }

  private func integers(_ count: Int) throws(DataError) -> [UInt16] {
    let size = greatest > 255 ? 2 : 1
    guard file.count - start >= count * size else { throw truncation }
    return (0..<count).map { index in
      let position = start + index * size
      return size == 1 ? UInt16(file[position]) : UInt16(file[position]) << 8 | UInt16(file[position + 1])
    }
  }

  private func bits(_ shape: Shape) throws(DataError) -> [UInt16] {
    let rowSize = (shape.width + 7) / 8
    guard file.count - start >= rowSize * shape.height else { throw truncation }
    return (0..<shape.count).map { index in
      let (row, column) = (index / shape.width, index % shape.width)
      return UInt16(file[start + row * rowSize + column / 8] >> UInt8(7 - column % 8) & 1)
    }
  }

  private func texts(_ count: Int) throws(DataError) -> [UInt16] {
    // Two bytes for each number, or one for each bit.
    guard file.count - start >= (isBitmap ? count : 2 * count - 1) else { throw truncation }
    var numbers: [UInt16] = []
    numbers.reserveCapacity(count)
    var position = start
    for _ in 0..<count {
      guard let number = PortableMapReader.number(file, &position, isDigit: isBitmap) else { throw truncation }
      guard number <= greatest else {
        throw DataError(
          place, "the PNM image has a number of \(number), but white is \(greatest)",
          remedy: "replace or remove the file")
      }
      numbers.append(UInt16(number))
    }
    return numbers
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The next number, behind spaces and comments; nil where there is none of ten digits at most.
  ///
  /// - Parameter isDigit: whether it is one digit, whatever follows.
  private static func number(_ file: [UInt8], _ position: inout Int, isDigit: Bool = false) -> Int? {
    while position < file.count, isSpace(file[position]) || file[position] == UInt8(ascii: "#") {
      if file[position] == UInt8(ascii: "#") {
        while position < file.count, ![0x0A, 0x0D].contains(file[position]) { position += 1 }
      } else {
        position += 1
      }
    }
    let start = position
    while position < file.count, (0x30...0x39).contains(file[position]), position - start < (isDigit ? 1 : 10) {
      position += 1
    }
    return position == start ? nil : file[start..<position].reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
