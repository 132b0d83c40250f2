public import Tensors

/// A transform that moves pixels: one map for image, mask and boxes. Images are interpolated, masks take the nearest
/// pixel, boxes become the smallest box around the moved one, as far as it is inside the image; without any area left
/// they are gone.
public protocol GeometricTransform: SampleTransform {
  var fill: Fill { get }
  var interpolation: Interpolation { get }

  /// Where the pixels of the output come from.
  func map(_ size: ImageSize, random: inout RandomStream) -> AffineMap
}

extension GeometricTransform {
  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireImages(columns)
    if fill.mode == .constant { try requireVoid(columns) }
    return columns
  }

  public func apply(to input: Sample, into output: inout Sample, random: inout RandomStream) {
    let map = map(ImageSize(input.columns[0].shape), random: &random)
    for (position, column) in input.columns.enumerated() where output.holds(position) {
      switch column.kind {
      case .image, .mask: output.resample(position, of: input, map, interpolation, fill)
      default: output.copy(position, from: input)
      }
      if column.kind == .boxes {
        output.moveBoxes(position, map, from: ImageSize(input.columns[0].shape), to: ImageSize(output.columns[0].shape))
      }
    }
  }
}

/// Rows and columns of pixels.
public struct ImageSize: Hashable, Sendable {
  public let height: Int, width: Int

  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  init(_ shape: Shape) { (height, width) = (shape.height, shape.width) }
}
