public import Kernels
public import Tensors

/// A transform that moves pixels: one map for image, mask and boxes. Images are interpolated, masks take the nearest
/// pixel, boxes become the smallest box around the moved one, as far as it is inside the image; without any area left
/// they are gone.
public protocol GeometricTransform: SampleTransform {
  var fill: Fill { get }
  /// `bilinear` or `nearest`.
  var interpolation: Interpolation { get }

  /// Where the pixels of the output come from.
  func map(_ size: ImageSize, random: inout RandomStream) -> Homography
}

extension GeometricTransform {
  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireImages(columns)
    if fill.mode == .constant { try requireVoid(columns) }
    return columns
  }

  public func apply(to input: Sample, into output: inout Sample, random: inout RandomStream) {
    let map = PictureMap(map(ImageSize(input.columns[0].shape), random: &random), fill, interpolation)
    for (position, column) in input.columns.enumerated() where output.holds(position) {
      switch column.kind {
      case .image: output.resample(position, of: input, map)
      case .mask: output.resampleMask(position, of: input, map)
      default: output.copy(position, from: input)
      }
      if column.kind == .boxes {
        output.moveBoxes(
          position, map.homography, from: ImageSize(input.columns[0].shape), to: ImageSize(output.columns[0].shape))
      }
    }
  }
}
