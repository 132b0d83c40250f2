public import Kernels
public import Tensors

/// Some of eleven augmentations, one after the other (Keras's `RandAugment`; Cubuk et al., 2020): shear, translation,
/// rotation, brightness, colour degeneration, contrast, sharpness, posterization, solarization, automatic contrast and
/// equalization. Each place has its own, of which one may come twice.
public struct RandAugment: PictureAugmentation {
  public static let kerasName = "RandAugment"

  public var operations: Int
  public var factor: FactorRange
  public var interpolation: Interpolation
  public var valueRange: ClosedRange<Double>
  public let list: AugmentationList

  public init(_ arguments: Arguments) throws(ArgumentError) {
    operations = try arguments.integer("num_ops", in: 1...64, default: 2)
    factor = try arguments.range("factor", in: 0...1, default: FactorRange(0, 0.5))
    interpolation = try arguments.interpolation()
    valueRange = try arguments.valueRange()
    list = AugmentationList(factor: factor, interpolation: interpolation, valueRange: valueRange)
  }

  public var arguments: [String: ArgumentValue] {
    [
      "value_range": .pair(valueRange), "num_ops": .integer(operations), "factor": .pair(factor),
      "interpolation": .text(interpolation.rawValue),
    ]
  }

  public func obstacle(channels: Int) -> String? { channels == 1 ? nil : requireThreeChannels(channels) }
  public var scratchPictures: Int { AugmentationList.scratchPictures + operations }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> [AugmentationList.Step] {
    (0..<operations).map { _ in
      let kinds = AugmentationList.Kind.allCases
      return list.draw(kinds[random.integer(below: kinds.count)], size, &random)
    }
  }

  public func apply(_ drawn: [AugmentationList.Step], to picture: FloatPicture, _ memory: Buffer) {
    for step in drawn { list.apply(step, to: picture, memory) }
  }

  public func differentiate(
    _ drawn: [AugmentationList.Step], at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer
  ) {
    list.differentiate(drawn[...], at: picture, gradient, memory)
  }

  public func movements(_ drawn: [AugmentationList.Step], _ size: ImageSize, _ memory: Buffer) -> [PictureMap] {
    drawn.compactMap(list.movement)
  }
}
