public import Kernels
public import Tensors

/// Stretches the numbers of each channel of an image over the whole range (Keras's `AutoContrast`). It acts at
/// inference, too. A channel of one number stays as it is.
public struct AutoContrast: PictureAugmentation {
  public static let kerasName = "AutoContrast"
  public static let shortForm = ["value_range"]
  public static let actsAtInference = true

  public var valueRange: ClosedRange<Double>

  public init(valueRange: ClosedRange<Double> = 0...255) { self.valueRange = valueRange }

  public init(_ arguments: Arguments) throws(ArgumentError) { self.init(valueRange: try arguments.valueRange()) }

  public var arguments: [String: ArgumentValue] { ["value_range": .pair(valueRange)] }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) {}

  public func apply(_ drawn: Void, to picture: FloatPicture, _ memory: Buffer) {
    let range = valueRange.floats
    let size = range.upperBound - range.lowerBound
    var (factors, offsets) = ([Float](), [Float]())
    for channel in 0..<picture.channels {
      let extremes = picture.extremes(ofChannel: channel)
      let spread = extremes.upperBound - extremes.lowerBound
      factors.append(spread > 0 ? size / spread : 1)
      offsets.append(spread > 0 ? range.lowerBound - extremes.lowerBound * size / spread : 0)
    }
    picture.scale(factors, plus: offsets)
    // Rounding leaves the range by little; a channel of one number may lie outside of it.
    for channel in 0..<picture.channels where factors[channel] != 1 || offsets[channel] != 0 {
      picture.map(channel: channel) { min(max($0, range.lowerBound), range.upperBound) }
    }
  }

  /// y = low + (x - least) s, with s = size / (greatest - least): the least and the greatest number move along.
  public func differentiate(_ drawn: Void, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let size = Float(valueRange.upperBound - valueRange.lowerBound)
    for channel in 0..<picture.channels {
      let extremes = picture.extremes(ofChannel: channel)
      let spread = extremes.upperBound - extremes.lowerBound
      guard spread > 0 else { continue }
      var (sum, weighted) = (0.0, 0.0)
      var (least, greatest): (Int, Int) = (0, 0)
      for pixel in 0..<picture.pixels {
        let place = pixel * picture.channels + channel
        let value = picture.numbers[place]
        if value == extremes.lowerBound { least = place }
        if value == extremes.upperBound { greatest = place }
        sum += Double(gradient.numbers[place])
        weighted += Double(gradient.numbers[place] * (value - extremes.lowerBound) / spread)
      }
      gradient.map(channel: channel) { $0 * size / spread }
      gradient.numbers[least] -= Float(sum - weighted) * size / spread
      gradient.numbers[greatest] -= Float(weighted) * size / spread
    }
  }
}
