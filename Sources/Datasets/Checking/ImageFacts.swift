import Foundation
import Tensors

/// The facts about one image that findings are made of.
package struct ImageFacts: Sendable, Codable {
  package let height: Int, width: Int, channels: Int
  /// `8 bits`, `16 bits` or `floats`.
  package let depth: String
  /// What is to be known of its file, by the kinds of notes.
  let marks: Set<FindingKind>
  /// Of its pixels.
  let digest: UInt64
  let hash: UInt64
  /// The brightness of 16x16 cells; empty where they hardly differ, so that nothing can be compared.
  let thumbnail: Data
  /// Numbers of each channel.
  let count: Int
  /// Of the numbers of each channel.
  package let sums: [Double], squares: [Double]
  let isOneColour: Bool
  package let isFinite: Bool

  /// - Parameter marks: of its file.
  init(_ image: Image, depth: String, marks: Set<FindingKind> = []) {
    let shape = image.shape
    (height, width, channels) = (shape.height, shape.width, shape.channels)
    (self.depth, self.marks, count) = (depth, marks, shape.count / shape.channels)
    var numbers: PixelSums
    switch image.pixels {
    case .bytes(let bytes):
      numbers = PixelSums(bytes, channels: channels)
      digest = ContentKey.of(bytes, shape.dimensions)
    case .floats(let floats):
      numbers = PixelSums(floats, channels: channels)
      digest = ContentKey.of(floats, shape.dimensions)
    }
    (sums, squares, isFinite) = (numbers.sums, numbers.squares, numbers.isFinite)
    isOneColour = zip(numbers.least, numbers.greatest).allSatisfy { $0 == $1 } && numbers.isFinite
    // What is no plane of pixels is compared by its digest alone.
    let small = shape.rank == 3 && isFinite ? Thumbnail(image).small : []
    let mean = small.reduce(0, +) / Float(max(1, small.count))
    let deviation = (small.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(max(1, small.count))).squareRoot()
    let isPlain = small.isEmpty || deviation < ImageComparison.leastDeviation
    hash = isPlain ? 0 : PerceptualHash.hash(small)
    thumbnail = isPlain ? Data() : Data(small.map { UInt8(min(max($0, 0), 255).rounded()) })
  }
}

/// Sums over the pixels of an image, in their order, and their extremes.
private struct PixelSums {
  var sums: [Double], squares: [Double]
  var least: [Float], greatest: [Float]
  var isFinite = true

  init<Number: PixelNumber>(_ numbers: [Number], channels: Int) {
    sums = Array(repeating: 0, count: channels)
    squares = sums
    least = Array(repeating: .infinity, count: channels)
    greatest = Array(repeating: -.infinity, count: channels)
    for channel in 0..<channels {
      var (sum, square): (Double, Double) = (0, 0)
      var (low, high): (Float, Float) = (.infinity, -.infinity)
      for place in stride(from: channel, to: numbers.count, by: channels) {
        let number = numbers[place].float
        guard number.isFinite else {
          isFinite = false
          continue
        }
        sum += Double(number)
        square += Double(number) * Double(number)
        (low, high) = (min(low, number), max(high, number))
      }
      (sums[channel], squares[channel], least[channel], greatest[channel]) = (sum, square, low, high)
    }
  }
}
