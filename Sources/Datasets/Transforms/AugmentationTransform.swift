public import Augmentations
import Kernels
public import Tensors

/// An augmentation as a transform: images are changed, masks and boxes follow where pixels move, by the same draw.
public protocol AugmentationTransform: PictureAugmentation, SampleTransform {}

extension AugmentationTransform {
  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireImages(columns)
    for column in columns {
      let obstacle: String? =
        switch column.kind {
        case .image: self.obstacle(channels: column.shape.channels)
        case .mask: Self.obstacleToMasks
        case .boxes: Self.obstacleToBoxes
        default: nil
        }
      if let obstacle {
        throw DataError(
          Self.kerasName, "\(obstacle) ('\(column.name)' has the shape \(column.shape))", remedy: "remove it")
      }
    }
    if bringsConstants { try requireVoid(columns) }
    return columns
  }

  public func apply(to input: Sample, into output: inout Sample, random: inout RandomStream) {
    let size = ImageSize(input.columns[0].shape)
    let drawn = draw(size, &random)
    let memory = input.scratch
    for (position, column) in input.columns.enumerated() where output.holds(position) {
      output.copy(position, from: input)
      switch column.kind {
      case .image:
        for frame in output.pictures(of: position) { apply(drawn, to: frame, memory) }
      case .mask:
        for map in movements(drawn, size, memory) {
          // The field of a map, where it has one, lies in front.
          let before = memory[(scratchPictures - 1) * size.height * size.width..<memory.count]
          output.moveMask(position, map, before)
        }
      case .boxes:
        for map in movements(drawn, size, memory) {
          output.moveBoxes(position, map.homography, from: size, to: size)
        }
      default: break
      }
    }
  }
}

extension KerasArguments {
  /// Refuses what no configuration may give, and whoever has made it in Swift may have given.
  func requireArguments() throws(DataError) {
    do throws(ArgumentError) {
      _ = try Self(Arguments(of: Self.kerasName, arguments))
    } catch {
      throw DataError(error.place, error.problem, remedy: "correct it")
    }
  }
}

extension AugMix: AugmentationTransform {}
extension AutoContrast: AugmentationTransform {}
extension Equalization: AugmentationTransform {}
extension RandAugment: AugmentationTransform {}
extension RandomBrightness: AugmentationTransform {}
extension RandomColorDegeneration: AugmentationTransform {}
extension RandomColorJitter: AugmentationTransform {}
extension RandomContrast: AugmentationTransform {}
extension RandomElasticTransform: AugmentationTransform {}
extension RandomErasing: AugmentationTransform {}
extension RandomGaussianBlur: AugmentationTransform {}
extension RandomGrayscale: AugmentationTransform {}
extension RandomHue: AugmentationTransform {}
extension RandomInvert: AugmentationTransform {}
extension RandomPerspective: AugmentationTransform {}
extension RandomPosterization: AugmentationTransform {}
extension RandomRotation: AugmentationTransform {}
extension RandomSaturation: AugmentationTransform {}
extension RandomSharpness: AugmentationTransform {}
extension RandomShear: AugmentationTransform {}
extension RandomTranslation: AugmentationTransform {}
extension RandomZoom: AugmentationTransform {}
extension Solarization: AugmentationTransform {}
