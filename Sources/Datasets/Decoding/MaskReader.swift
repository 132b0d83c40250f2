import FileKinds
import Tensors

/// Reads the class of every pixel from an image file: grey levels and palette positions are class numbers, colours are
/// looked up in a table where there is one.
struct MaskReader: Sendable {
  private let names: [String]?
  private let void: Int?
  /// Class numbers by colour; nil where pixels are class numbers.
  private let classes: [UInt32: UInt8]?

  init(_ choice: ColumnChoice) {
    (names, void) = (choice.maskNames, choice.void)
    classes = choice.colors.map { colors in
      Dictionary(
        uniqueKeysWithValues: colors.enumerated().map { (MaskReader.key($1.map(UInt8.init)[...]), UInt8($0)) })
    }
  }

  /// The mask of an image of so many pixels, at the size that is wanted.
  ///
  /// - Parameter shape: (H, W, 1)
  func read(
    _ file: StoredFile, ofImage size: (height: Int, width: Int), as shape: Shape, into bytes: inout MutableRawSpan
  ) throws(DataError) {
    let path = file.name
    let mask = try numbers(try file.bytes(), path)
    guard (mask.shape.height, mask.shape.width) == size else {
      throw DataError(
        path,
        "the mask is \(mask.shape.height)x\(mask.shape.width) (height x width), but its image is "
          + "\(size.height)x\(size.width)", remedy: "give each image a mask of its size")
    }
    try check(mask.bytes[...], path)
    mask.resizeNearest(height: shape.height, width: shape.width, into: &bytes)
  }

  /// Throws where a number is of no class.
  ///
  /// - Parameter place: what messages call the mask.
  func check(_ bytes: ArraySlice<UInt8>, _ place: String) throws(DataError) {
    guard let names, let wrong = bytes.first(where: { $0 >= names.count && Int($0) != void }) else { return }
    throw DataError(
      place,
      "the mask has a pixel of class \(wrong), but there are \(names.count) classes, 0 to \(names.count - 1)"
        + (void.map { ", and \($0) for none" } ?? ""),
      remedy: "correct the mask, or say with 'void' that pixels of \(wrong) are of no class")
  }

  /// Class numbers, (H, W, 1).
  func numbers(_ file: [UInt8], _ path: String) throws(DataError) -> Image {
    guard file.starts(with: PNGStructure.signature) else {
      throw DataError(
        path,
        "the mask is \(FileKind(start: file, name: path)?.name ?? "no image"), but masks are PNG, which keeps the "
          + "numbers of pixels", remedy: "save masks as PNG")
    }
    let structure = try PNGStructure(file, path)
    guard classes != nil else {
      guard structure.holdsNumbers else {
        throw DataError(
          path, "the mask holds colours, and nothing says their classes",
          remedy: "give 'colors', a colour for each class, or save class numbers as grey or with a palette")
      }
      return try PNGReader.decodeNumbers(structure, path)
    }
    return try numbers(of: try PNGReader(file, path).decode(keepsAlpha: false, reduction: 1), path)
  }

  /// Class numbers of colours.
  private func numbers(of image: Image, _ path: String) throws(DataError) -> Image {
    let (colors, classes) = (image.with(channels: 3).asBytes(), classes!)
    var numbers = [UInt8](repeating: 0, count: colors.bytes.count / 3)
    for pixel in numbers.indices {
      let color = colors.bytes[3 * pixel..<3 * pixel + 3]
      guard let number = classes[MaskReader.key(color)] else {
        let (row, column) = (pixel / colors.shape.width, pixel % colors.shape.width)
        throw DataError(
          path, "the mask has the colour \(Array(color)) in row \(row) and column \(column), which is of no class",
          remedy: "add it to 'colors' or correct the mask")
      }
      numbers[pixel] = number
    }
    return Image(shape: colors.shape.with(channels: 1), bytes: numbers)
  }

  private static func key(_ color: ArraySlice<UInt8>) -> UInt32 { color.reduce(0) { $0 << 8 | UInt32($1) } }
}
