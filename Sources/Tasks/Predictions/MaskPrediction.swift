public import Datasets
import Foundation
public import Networks

/// The class of every pixel of an image.
public struct MaskPrediction: Prediction {
  /// Row by row.
  public let classes: [Int]
  public let height: Int
  public let width: Int
  let names: [String]

  public init(classes: [Int], height: Int, width: Int, names: [String]) {
    precondition(classes.count == height * width)
    (self.classes, self.height, self.width, self.names) = (classes, height, width, names)
  }

  /// The classes that are there, the largest first, with their pixels and share of the image.
  private var areas: [(name: String, index: Int, pixels: Int, share: Double)] {
    var counts: [Int: Int] = [:]
    for number in classes { counts[number, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { number, pixels in
      (name(number), number, pixels, Double(pixels) / Double(classes.count))
    }
  }

  private func name(_ number: Int) -> String { names.indices.contains(number) ? names[number] : String(number) }

  public var mask: MaskPrediction? { self }

  public var entries: [JSONValue] {
    areas.map {
      .object([
        "class": .string($0.name), "index": .integer($0.index), "pixels": .integer($0.pixels),
        "share": .number($0.share),
      ])
    }
  }

  public var text: String { areas.map { "\($0.name) \(ReportText.percent($0.share))" }.joined(separator: ", ") }
  public var header: [String] { ["class", "index", "pixels", "share"] }
  public var rows: [[String]] { areas.map { [$0.name, String($0.index), String($0.pixels), String($0.share)] } }

  /// A grey picture of the class numbers at the size of an image, as a file's bytes. Each pixel is that of the cell
  /// nearest to it.
  public func png(height imageHeight: Int, width imageWidth: Int) throws(DataError) -> [UInt8] {
    let columns = (0..<imageWidth).map { (2 * $0 + 1) * width / (2 * imageWidth) }
    let bytes = (0..<imageHeight).flatMap { row in
      let start = (2 * row + 1) * height / (2 * imageHeight) * width
      return columns.map { UInt8(clamping: classes[start + $0]) }
    }
    return try PNGEncoder.encode(bytes, height: imageHeight, width: imageWidth)
  }

  public func draw(on picture: inout Picture) {
    let numbers = Set(classes).sorted()
    picture.draw(
      mask: classes, height: height, width: width,
      names: Dictionary(uniqueKeysWithValues: numbers.map { ($0, name($0)) }))
  }
}
