internal import CKernels
public import Tensors

/// The way from images in some strips to the same images in other strips, where one strip is a whole image, or from
/// them to parts of them, or to images with zeros around.
public struct StripMove: Hashable, Sendable {
  public let source: Strips
  public let target: Strips
  /// Where the first cell of an image that is written lies in the one that is read, in rows and columns: a cropping is
  /// positive, a padding negative.
  public let rows: Int, columns: Int

  /// - Precondition: both are cut along the same axis, unless one of them is not cut at all.
  public init(from source: Strips, to target: Strips, rows: Int = 0, columns: Int = 0) {
    precondition(source.axis == target.axis || source.count == 1 || target.count == 1, "strips along both axes")
    (self.source, self.target, self.rows, self.columns) = (source, target, rows, columns)
  }

  /// The way back.
  public var reversed: StripMove { StripMove(from: target, to: source, rows: -rows, columns: -columns) }

  /// The move of images into strips, and the shape of a strip.
  public struct Cut: Hashable, Sendable {
    public let move: StripMove
    public let shape: Shape

    public init(_ move: StripMove, shape: Shape) { (self.move, self.shape) = (move, shape) }
  }

  private var axis: Strips.Axis { source.count > 1 ? source.axis : target.axis }

  /// Writes all strips; cells outside of the images that are read become zero, and so do lanes without an image.
  public func callAsFunction(_ input: Tensor, into output: Tensor) {
    precondition(
      input.layout.channels == output.layout.channels && input.layout.depth == 1 && output.layout.depth == 1
        && input.lanes == Layout.laneMultiple && output.lanes == input.lanes,
      "\(output.shape) are not strips of \(input.shape)")
    var (from, to) = (cells(of: input, source.count), cells(of: output, target.count))
    let (first, side) = axis == .rows ? (rows, columns) : (columns, rows)
    unsafe ck_move_strips(input.pointer, &from, output.pointer, &to, input.layout.channels, first, side)
  }

  private func cells(of tensor: Tensor, _ count: Int) -> ck_strips {
    let layout = tensor.layout
    let isRows = axis == .rows
    return ck_strips(
      count: count, length: isRows ? layout.height : layout.width, width: isRows ? layout.width : layout.height,
      step: isRows ? layout.rowStride : layout.lanes, across: isRows ? layout.lanes : layout.rowStride,
      channel: layout.strides.channel)
  }
}
