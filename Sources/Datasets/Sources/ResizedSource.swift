import Synchronization
package import Tensors

/// The pictures of another source, resized: images by bilinear interpolation, masks by taking the nearest pixel. Boxes
/// stay as they are, parts of the size.
package struct ResizedSource: WrappingSource {
  let base: any DataSource
  package let columns: [Column]
  private let memory: SampleMemory

  /// - Parameters:
  ///   - base: byte images (H, W, C).
  ///   - shape: the wanted shape, with as many channels.
  package init(_ base: any DataSource, shape: Shape) {
    precondition(
      base.element == .byte && base.shape.rank == 3 && shape.rank == 3 && base.shape.channels == shape.channels)
    self.base = base
    columns = base.columns.map { column in
      var column = column
      if column.kind.isPicture { column.shape = shape.with(channels: column.shape.channels) }
      return column
    }
    memory = SampleMemory(base.columns)
  }

  package func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    let pictures = columns.indices.filter { wanted.contains($0) && columns[$0].kind.isPicture }
    var others = wanted
    for column in pictures { others.remove(column) }
    try base.read(index, epoch: epoch, others, into: &sample)
    guard !pictures.isEmpty else { return }
    try memory.withSample { (original) throws(DataError) in
      try base.read(index, epoch: epoch, ColumnSet(pictures), into: &original)
      for column in pictures {
        let (image, shape) = (Image(original, column), columns[column].shape)
        sample.write(column) { target in
          if columns[column].kind == .mask {
            image.resizeNearest(height: shape.height, width: shape.width, into: &target)
          } else {
            image.resize(height: shape.height, width: shape.width, into: &target)
          }
        }
      }
    }
  }
}
