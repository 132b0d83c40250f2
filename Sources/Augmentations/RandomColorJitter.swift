public import Kernels
public import Tensors

/// Changes brightness, contrast, saturation and hue of an image, in this order (Keras's `RandomColorJitter`), as far
/// as they are given.
public struct RandomColorJitter: PictureAugmentation {
  public static let kerasName = "RandomColorJitter"
  public static let shortForm = ["brightness_factor", "contrast_factor", "saturation_factor", "hue_factor"]

  public var brightness: RandomBrightness?
  public var contrast: RandomContrast?
  public var saturation: RandomSaturation?
  public var hue: RandomHue?
  public var valueRange: ClosedRange<Double>

  /// Changes of one picture; nil for none.
  public struct Drawn: Hashable, Sendable {
    public var brightness: Float?, contrast: Float?, saturation: Float?, hue: Float?

    public init(brightness: Float? = nil, contrast: Float? = nil, saturation: Float? = nil, hue: Float? = nil) {
      (self.brightness, self.contrast, self.saturation, self.hue) = (brightness, contrast, saturation, hue)
    }
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    valueRange = try arguments.valueRange()
    if arguments.has("brightness_factor") {
      brightness = RandomBrightness(try arguments.range("brightness_factor", in: -1...1), valueRange: valueRange)
    }
    if arguments.has("contrast_factor") {
      let range = try arguments.range("contrast_factor", in: 0...1)
      contrast = RandomContrast(lower: range.lower, upper: range.upper, valueRange: valueRange)
    }
    if arguments.has("saturation_factor") {
      saturation = RandomSaturation(try arguments.range("saturation_factor", in: -1...1), valueRange: valueRange)
    }
    if arguments.has("hue_factor") {
      hue = RandomHue(try arguments.range("hue_factor", in: 0...1), valueRange: valueRange)
    }
  }

  public var arguments: [String: ArgumentValue] {
    var values: [String: ArgumentValue] = ["value_range": .pair(valueRange)]
    values["brightness_factor"] = brightness.map { .pair($0.factor) }
    values["contrast_factor"] = contrast.map { .list([.number($0.lower), .number($0.upper)]) }
    values["saturation_factor"] = saturation.map { .pair($0.factor) }
    values["hue_factor"] = hue.map { .pair($0.factor) }
    return values
  }

  public func obstacle(channels: Int) -> String? {
    saturation == nil && hue == nil ? nil : requireThreeChannels(channels)
  }

  public var scratchPictures: Int { 5 }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Drawn {
    var drawn = Drawn()
    drawn.brightness = brightness?.draw(size, &random)
    drawn.contrast = contrast?.draw(size, &random)
    drawn.saturation = saturation?.draw(size, &random)
    drawn.hue = hue?.draw(size, &random)
    return drawn
  }

  public func apply(_ drawn: Drawn, to picture: FloatPicture, _ memory: Buffer) {
    if let brightness, let value = drawn.brightness { brightness.apply(value, to: picture, memory) }
    if let contrast, let value = drawn.contrast { contrast.apply(value, to: picture, memory) }
    if let saturation, let value = drawn.saturation { saturation.apply(value, to: picture, memory) }
    if let hue, let value = drawn.hue { hue.apply(value, to: picture, memory) }
  }

  public func differentiate(_ drawn: Drawn, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    // What each of them had before it, and memory for one.
    let own = memory[0..<picture.count]
    let pictures = (1...3).map { picture.like(in: memory[$0 * picture.count..<($0 + 1) * picture.count]) }
    pictures[0].copy(from: picture)
    if let brightness, let value = drawn.brightness { brightness.apply(value, to: pictures[0], own) }
    pictures[1].copy(from: pictures[0])
    if let contrast, let value = drawn.contrast { contrast.apply(value, to: pictures[1], own) }
    pictures[2].copy(from: pictures[1])
    if let saturation, let value = drawn.saturation { saturation.apply(value, to: pictures[2], own) }
    if let hue, let value = drawn.hue { hue.differentiate(value, at: pictures[2], gradient, own) }
    if let saturation, let value = drawn.saturation { saturation.differentiate(value, at: pictures[1], gradient, own) }
    if let contrast, let value = drawn.contrast { contrast.differentiate(value, at: pictures[0], gradient, own) }
    if let brightness, let value = drawn.brightness { brightness.differentiate(value, at: picture, gradient, own) }
  }
}
