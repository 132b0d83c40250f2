public import Kernels
public import Tensors

/// Spreads the numbers of each channel of an image so that all of them are about equally frequent (Keras's
/// `Equalization`): histogram equalization over `bins`. A channel of one bin stays as it is.
///
/// Keras counts over the images of a batch, which would make an image depend on the others; here each is counted alone.
public struct Equalization: PictureAugmentation {
  public static let kerasName = "Equalization"
  public static let shortForm = ["value_range"]

  public var valueRange: ClosedRange<Double>
  public var bins: Int

  public init(valueRange: ClosedRange<Double> = 0...255, bins: Int = 256) {
    (self.valueRange, self.bins) = (valueRange, bins)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(
      valueRange: try arguments.valueRange(), bins: try arguments.integer("bins", in: 2...65536, default: 256))
    // Keras writes the factor that all such layers have, and does not use it.
    _ = arguments.has("factor")
  }

  public var arguments: [String: ArgumentValue] {
    ["value_range": .pair(valueRange), "bins": .integer(bins)]
  }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) {}

  public func apply(_ drawn: Void, to picture: FloatPicture, _ memory: Buffer) {
    let (low, size) = (Float(valueRange.lowerBound), Float(valueRange.upperBound - valueRange.lowerBound))
    for channel in 0..<picture.channels {
      var counts = [Int](repeating: 0, count: bins)
      func bin(_ value: Float) -> Int {
        Int(min(max((value - low) / size * Float(bins - 1), 0), Float(bins - 1)))
      }
      picture.map(channel: channel) { value in
        counts[bin(value)] += 1
        return value
      }
      guard counts.count(where: { $0 > 0 }) > 1 else { continue }
      // How many numbers are in a bin or below it.
      var total = 0
      let below = counts.map { count in
        total += count
        return total
      }
      let first = below.first { $0 > 0 }!
      let table = below.map { count in
        min(max((Float((count - first) * 255) / Float(max(total - first, 1))).rounded(.toNearestOrEven), 0), 255)
      }
      picture.map(channel: channel) { value in table[bin(value)] / 255 * size + low }
    }
  }

  /// Steps have no slope.
  public func differentiate(_ drawn: Void, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    for channel in 0..<picture.channels {
      let extremes = picture.extremes(ofChannel: channel)
      if extremes.lowerBound < extremes.upperBound { gradient.map(channel: channel) { _ in 0 } }
    }
  }
}
