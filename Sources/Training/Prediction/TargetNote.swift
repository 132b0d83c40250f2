public import Datasets
import Tensors

/// A column that an output was trained towards, as files keep it.
public struct TargetNote: Hashable, Sendable, Codable {
  /// The name of the column.
  public var column: String
  public var kind: Column.Kind
  public var shape: [Int]
  public var classNames: [String]
  /// The number of pixels of a mask that are of no class.
  public var void: Int?

  public init(_ column: Column) {
    self.column = column.name
    (kind, shape, classNames, void) = (column.kind, column.shape.dimensions, column.classNames, column.void)
  }

  /// The column of data like that of the training.
  package var asColumn: Column {
    Column(column, kind, kind == .mask ? .byte : .float, shape: Shape(shape), classNames: classNames, void: void)
  }
}
