import Tensors

/// How an image lies in its file: the tag 274 of Exif and of TIFF.
enum Orientation: Int {
  case upright = 1
  case mirrored, upsideDown, mirroredUpsideDown
  /// Rows and columns change places; the others are mirrored besides.
  case transposed, turnedLeft, transposedUpsideDown, turnedRight

  /// Whether what is high in the file is wide to look at.
  var swapsSides: Bool { rawValue >= 5 }

  /// - Parameters:
  ///   - exif: Exif data, a TIFF file without pixels; empty where there is none.
  ///   - xmp: XMP data, XML, which is asked where Exif says nothing; empty where there is none.
  /// - Returns: upright where nothing is said that can be understood.
  init(exif: some Collection<UInt8>, xmp: some Collection<UInt8> = EmptyCollection()) {
    let number = Orientation.value(of: Array(exif)) ?? Orientation.value(ofXML: Array(xmp))
    self = number.flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  /// `tiff:Orientation="6"` or `<tiff:Orientation>6<`
  private static func value(ofXML bytes: [UInt8]) -> Int? {
    let mark = Array("tiff:Orientation".utf8)
    var place = 0
    while let start = bytes[place...].firstIndex(of: mark[0]) {
      let rest = bytes[start...]
      if rest.starts(with: mark) {
        let value = rest.dropFirst(mark.count)
        let digit = value.starts(with: Array("=\"".utf8)) ? value.dropFirst(2).first : value.dropFirst().first
        if value.first == UInt8(ascii: "=") || value.first == UInt8(ascii: ">"), let digit,
          (0x31...0x38).contains(digit)
        {
          return Int(digit) - 0x30
        }
      }
      place = start + 1
    }
    return nil
  }

  private static func value(of bytes: [UInt8]) -> Int? {
    let isLittle = bytes.starts(with: [0x49, 0x49, 0x2A, 0])
    guard isLittle || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return nil }
    func number(_ place: Int, _ count: Int) -> Int? {
      guard place >= 0, place <= bytes.count - count else { return nil }
      let part = bytes[place..<place + count]
      return isLittle ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let start = number(4, 4), let entries = number(start, 2) else { return nil }
    for entry in 0..<entries {
      let place = start + 2 + 12 * entry
      guard let tag = number(place, 2) else { return nil }
      if tag == 274 { return number(place + 8, 2) }
    }
    return nil
  }

  /// The numbers of an image as it is to be looked at.
  func turn<Number>(_ numbers: [Number], of stored: Shape, to upright: Shape) -> [Number] {
    let (height, width, channels) = (stored.height, stored.width, stored.channels)
    var result: [Number] = []
    result.reserveCapacity(numbers.count)
    for row in 0..<upright.height {
      for column in 0..<upright.width {
        let (y, x) =
          switch self {
          case .upright: (row, column)
          case .mirrored: (row, width - 1 - column)
          case .upsideDown: (height - 1 - row, width - 1 - column)
          case .mirroredUpsideDown: (height - 1 - row, column)
          case .transposed: (column, row)
          case .turnedLeft: (height - 1 - column, row)
          case .transposedUpsideDown: (height - 1 - column, width - 1 - row)
          case .turnedRight: (column, width - 1 - row)
          }
        let pixel = (y * width + x) * channels
        for channel in 0..<channels { result.append(numbers[pixel + channel]) }
      }
    }
    return result
  }
}
