import Tensors

// From the channels and numbers of a file to those that are wanted.
extension Image {
  private var hasAlpha: Bool { shape.channels == 2 || shape.channels == 4 }

  /// Whether a pixel lets through what is behind it.
  var isTransparent: Bool {
    guard hasAlpha else { return false }
    let channels = shape.channels
    switch pixels {
    case .bytes(let bytes):
      return stride(from: channels - 1, to: bytes.count, by: channels).contains { bytes[$0] < UInt8.white }
    case .floats(let floats):
      return stride(from: channels - 1, to: floats.count, by: channels).contains { floats[$0] < Float.white }
    }
  }

  /// The image without alpha.
  ///
  /// - Parameter background: the colour behind it, red, green and blue; nil takes colours as they are stored.
  func flattened(over background: [Int]?) -> Image {
    guard hasAlpha else { return self }
    let colors = shape.channels - 1
    let shape = shape.with(channels: colors)
    guard let background else {
      return with(shape, { Image.colors(of: $0, colors) }, { Image.colors(of: $0, colors) })
    }
    let bytes = background.map { UInt8($0) }
    let behind = colors == 3 ? bytes : [UInt8.grey(bytes[0], bytes[1], bytes[2])]
    return with(
      shape, { Image.blend($0, over: behind) }, { Image.blend($0, over: behind.map { Float($0) / 255 }) })
  }

  /// A grey image or one of colours, from one of either. Grey of colours is that of `PixelNumber.grey`.
  func with(channels: Int) -> Image {
    precondition(!hasAlpha && [1, 3].contains(channels))
    guard channels != shape.channels else { return self }
    let shape = shape.with(channels: channels)
    return channels == 1 ? with(shape, Image.grey, Image.grey) : with(shape, Image.repeated, Image.repeated)
  }

  /// The image as floats.
  func asFloats() -> Image {
    guard case .bytes(let bytes) = pixels else { return self }
    return Image(shape: shape, .floats(bytes.map { Float($0) / 255 }))
  }

  /// The image as bytes, to look at: what lies on none of the usual ranges from its own least to its own greatest
  /// number.
  func asBytes() -> Image {
    guard case .floats(let floats) = pixels else { return self }
    let numbers = floats.filter(\.isFinite)
    var (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? 1)
    if least >= 0, greatest <= 1 { (least, greatest) = (0, 1) }
    let width = greatest > least ? greatest - least : 1
    let bytes = floats.map {
      $0.isFinite ? UInt8(((min(max($0, least), greatest) - least) / width * 255).rounded()) : 0
    }
    return Image(shape: shape, .bytes(bytes))
  }

  /// The image as it is to be looked at.
  func upright(_ orientation: Orientation) -> Image {
    guard orientation != .upright else { return self }
    let upright = Shape(
      orientation.swapsSides ? shape.width : shape.height, orientation.swapsSides ? shape.height : shape.width,
      shape.channels)
    return with(
      upright, { orientation.turn($0, of: shape, to: upright) }, { orientation.turn($0, of: shape, to: upright) })
  }

  private static func colors<Number>(of numbers: [Number], _ colors: Int) -> [Number] {
    var result: [Number] = []
    result.reserveCapacity(numbers.count / (colors + 1) * colors)
    for pixel in stride(from: 0, to: numbers.count, by: colors + 1) {
      for color in 0..<colors { result.append(numbers[pixel + color]) }
    }
    return result
  }

  private static func blend<Number: PixelNumber>(_ numbers: [Number], over background: [Number]) -> [Number] {
    let colors = background.count
    var result: [Number] = []
    result.reserveCapacity(numbers.count / (colors + 1) * colors)
    for pixel in stride(from: 0, to: numbers.count, by: colors + 1) {
      let alpha = numbers[pixel + colors].float / Number.white.float
      for color in 0..<colors {
        let behind = background[color].float
        result.append(Number(nearest: behind + (numbers[pixel + color].float - behind) * alpha))
      }
    }
    return result
  }

  private static func grey<Number: PixelNumber>(_ numbers: [Number]) -> [Number] {
    stride(from: 0, to: numbers.count, by: 3).map { Number.grey(numbers[$0], numbers[$0 + 1], numbers[$0 + 2]) }
  }

  private static func repeated<Number>(_ numbers: [Number]) -> [Number] {
    var result: [Number] = []
    result.reserveCapacity(3 * numbers.count)
    for number in numbers { for _ in 0..<3 { result.append(number) } }
    return result
  }
}
