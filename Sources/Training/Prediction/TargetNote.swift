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
  /// How the output gives boxes; nil is `xyxy`.
  public var encoding: BoxEncoding?

  public init(_ column: Column) {
    self.column = column.name
    (kind, shape, classNames, void) = (column.kind, column.shape.dimensions, column.classNames, column.void)
    encoding = column.encoding == .xyxy ? nil : column.encoding
  }

  /// The column of data like that of the training.
  package var asColumn: Column {
    var copy = Column(
      column, kind, kind == .mask ? .byte : .float, shape: Shape(shape), classNames: classNames, void: void)
    copy.encoding = encoding ?? .xyxy
    return copy
  }
}
