public import Datasets
import Foundation
import Tensors

/// An RGB image that predictions are drawn on.
public struct Picture: Hashable, Sendable {
  public private(set) var height: Int
  public private(set) var width: Int
  /// Row by row, three bytes each.
  public private(set) var bytes: [UInt8]

  /// - Parameter bytes: height * width * 3, or height * width of grey.
  public init(height: Int, width: Int, bytes: [UInt8]) {
    (self.height, self.width) = (height, width)
    self.bytes = bytes.count == height * width ? bytes.flatMap { [$0, $0, $0] } : bytes
    precondition(self.bytes.count == height * width * 3, "\(bytes.count) bytes for \(height) x \(width) pixels")
  }

  /// An image file at its own size, in colour.
  public init(file: String, _ decoding: ImageDecoding = ImageDecoding()) throws(DataError) {
    (height, width, bytes) = try ImageDecoder.picture(file, decoding)
  }

  /// The file's bytes.
  public func png() throws(DataError) -> [UInt8] { try PNGEncoder.encode(bytes, height: height, width: width) }

  subscript(row: Int, column: Int) -> Color {
    get {
      let start = (row * width + column) * 3
      return Color(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
    }
    set {
      let start = (row * width + column) * 3
      (bytes[start], bytes[start + 1], bytes[start + 2]) = (newValue.red, newValue.green, newValue.blue)
    }
  }

  /// A larger picture with this one at its top left; the rest is white.
  mutating func extend(below rows: Int, minimumWidth: Int) {
    var larger = Picture(
      height: height + rows, width: max(width, minimumWidth),
      bytes: Array(repeating: 255, count: (height + rows) * max(width, minimumWidth) * 3))
    for row in 0..<height {
      for column in 0..<width { larger[row, column] = self[row, column] }
    }
    self = larger
  }

  /// Fills what lies inside of the picture.
  mutating func fill(_ rows: Range<Int>, _ columns: Range<Int>, _ color: Color) {
    for row in rows.clamped(to: 0..<height) {
      for column in columns.clamped(to: 0..<width) { self[row, column] = color }
    }
  }

  /// The outline of a box of pixels, drawn inwards.
  mutating func outline(_ rows: Range<Int>, _ columns: Range<Int>, _ color: Color, thickness: Int) {
    let (tall, wide) = (min(thickness, rows.count), min(thickness, columns.count))
    fill(rows.lowerBound..<rows.lowerBound + tall, columns, color)
    fill(rows.upperBound - tall..<rows.upperBound, columns, color)
    fill(rows, columns.lowerBound..<columns.lowerBound + wide, color)
    fill(rows, columns.upperBound - wide..<columns.upperBound, color)
  }

  /// A line of text, from its top left corner on; letters are drawn without their accents.
  mutating func write(_ text: String, row: Int, column: Int, _ color: Color, scale: Int) {
    let plain = text.folding(options: .diacriticInsensitive, locale: nil)
    for (index, letter) in plain.enumerated() {
      let start = column + index * (BitmapFont.width + 1) * scale
      for y in 0..<BitmapFont.height {
        for x in 0..<BitmapFont.width where BitmapFont.isSet(letter, column: x, row: y) {
          fill(row + y * scale..<row + (y + 1) * scale, start + x * scale..<start + (x + 1) * scale, color)
        }
      }
    }
  }

  /// Pixels that a line of text takes across.
  static func textWidth(_ text: String, scale: Int) -> Int { text.count * (BitmapFont.width + 1) * scale }

  /// How large letters and lines are drawn: larger on larger pictures.
  var scale: Int { max(1, min(height, width) / 240) }
}
