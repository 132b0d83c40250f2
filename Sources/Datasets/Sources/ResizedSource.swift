import Synchronization
package import Tensors

/// The pictures of another source, resized: images by bilinear interpolation, masks by taking the nearest pixel. Boxes
/// stay as they are, parts of the size. Columns keep their size where no other is wanted.
package struct ResizedSource: WrappingSource {
  let base: any DataSource
  package let columns: [Column]
  private let memory: SampleMemory

  /// The positions of the columns whose size changes.
  private let resized: [Int]

  /// - Parameters:
  ///   - base: images (H, W, C).
  ///   - shapes: the wanted shapes of some columns of images, with as many channels; masks follow the first column.
  package init(_ base: any DataSource, shapes: [Int: Shape]) {
    self.base = base
    columns = base.columns.enumerated().map { position, column in
      var column = column
      if let shape = column.kind == .mask ? shapes[0] : shapes[position] {
        precondition(
          column.shape.rank == 3 && shape.rank == 3
            && (column.kind == .mask || column.shape.channels == shape.channels))
        column.shape = shape.with(channels: column.shape.channels)
      }
      return column
    }
    resized = columns.indices.filter { [columns] in columns[$0].shape != base.columns[$0].shape }
    memory = SampleMemory(base.columns)
  }

  /// - Parameter shape: of the first image.
  package init(_ base: any DataSource, shape: Shape) { self.init(base, shapes: [0: shape]) }

  package func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    let pictures = resized.filter(wanted.contains)
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
