internal import CKernels
public import Tensors

/// Images that are cut into strips, so that few images fill the lanes of a shard: strip s of image i lies in lane
/// i * count + s, and is an image of its own there.
///
/// What reads cells around its own does so in a tensor that is larger than a strip by a `Halo`: there lie the edges of
/// the neighbouring strips of the same image.
public struct Strips: Hashable, Sendable {
  /// The axis that is cut. Strips of rows lie side by side in height, strips of columns in width.
  public enum Axis: Hashable, Sendable { case rows, columns }

  /// Cells before and after a strip along the axis.
  public struct Halo: Hashable, Sendable {
    public var before: Int, after: Int
    /// The value of cells outside of the image.
    public var fill: Float

    public init(before: Int, after: Int, fill: Float = 0) {
      precondition(before >= 0 && after >= 0)
      (self.before, self.after, self.fill) = (before, after, fill)
    }
  }

  public let axis: Axis
  /// Strips of an image; 1 is the whole image.
  public let count: Int

  public init(_ axis: Axis, count: Int) {
    precondition((1...Layout.laneMultiple).contains(count), "\(count) strips in \(Layout.laneMultiple) lanes")
    (self.axis, self.count) = (axis, count)
  }

  /// How long an image is along the axis.
  public func length(of shape: Shape) -> Int { axis == .rows ? shape.height : shape.width }

  /// An image of another length.
  public func shape(_ shape: Shape, length: Int) -> Shape {
    axis == .rows ? [length, shape.width, shape.channels] : [shape.height, length, shape.channels]
  }

  /// The shape of a strip of an image; nil where it has no rows and columns, or cannot be cut into equal parts.
  public func strip(of image: Shape) -> Shape? {
    guard image.rank == 3, length(of: image) % count == 0, length(of: image) > 0 else { return nil }
    return shape(image, length: length(of: image) / count)
  }

  /// The shape of an image of which this is a strip.
  public func image(of strip: Shape) -> Shape { shape(strip, length: length(of: strip) * count) }

  /// A strip with the cells around it.
  public func shape(_ strip: Shape, with halo: Halo) -> Shape {
    shape(strip, length: halo.before + length(of: strip) + halo.after)
  }

  /// The cells around a strip.
  public func border(of halo: Halo) -> Border {
    axis == .rows ? Border(top: halo.before, bottom: halo.after) : Border(left: halo.before, right: halo.after)
  }

  /// Writes the cells around the strips in `tensor`, from the other strips of the same image.
  public func write(_ halo: Halo, in tensor: Tensor) {
    forEachCell(of: halo, in: tensor) { source, target, cells, shift in
      var cells = cells
      unsafe ck_fetch_strips(
        tensor.pointer + source, tensor.pointer + target, tensor.layout.strides, &cells, count, shift, halo.fill)
    }
  }

  /// Adds the gradients of the cells around the strips to those of the cells that they are copies of.
  public func add(_ halo: Halo, in gradient: Tensor) {
    forEachCell(of: halo, in: gradient) { source, target, cells, shift in
      var cells = cells
      unsafe ck_gather_strips(
        gradient.pointer + target, gradient.pointer + source, gradient.layout.strides, &cells, count, -shift)
    }
  }

  /// For each place along the axis outside of the strip: where it is, where what belongs there is in another strip, and
  /// how many strips further on.
  private func forEachCell(
    of halo: Halo, in tensor: Tensor, _ body: (_ source: Int, _ target: Int, _ cells: ck_cells, _ shift: Int) -> Void
  ) {
    let inner = length(of: tensor.shape) - halo.before - halo.after
    precondition(
      tensor.lanes == Layout.laneMultiple && tensor.shape.rank == 3 && inner > 0, "no strips: \(tensor.shape)")
    let cells = ck_cells(
      channels: tensor.layout.channels, slices: 1, rows: axis == .rows ? 1 : tensor.layout.height,
      width: axis == .rows ? tensor.layout.width : 1)
    let step = step(in: tensor.layout)
    for place in -halo.before..<inner + halo.after where place < 0 || place >= inner {
      // Rounded down.
      let shift = place < 0 ? -((inner - 1 - place) / inner) : place / inner
      body((halo.before + place - shift * inner) * step, (halo.before + place) * step, cells, shift)
    }
  }

  /// Floats from a place along the axis to the next.
  private func step(in layout: Layout) -> Int { axis == .rows ? layout.rowStride : layout.lanes }
}
