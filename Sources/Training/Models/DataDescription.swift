public import Datasets
public import Tensors

/// The data that a model is made for.
public struct DataDescription: Sendable {
  /// Where it comes from, for messages.
  public let location: String
  /// The columns as they enter the network.
  public let columns: [Column]
  /// Names of what else there is.
  let otherColumns: [String]
  /// Classes that the labels tell apart; where samples have none, the classes of a pixel or the numbers to predict.
  public let classes: Int

  package init(_ source: any DataSource, _ columns: [Column], classes: Int) {
    (location, self.columns, otherColumns, self.classes) = (source.location, columns, source.otherColumns, classes)
  }

  /// Images and their classes.
  init(_ location: String, input: Shape, classes: Int) {
    (self.location, columns, otherColumns, self.classes) = (location, [.image(input), .label()], [], classes)
  }

  /// The shape of the image; of the first column where there is none.
  public var input: Shape { columns[0].shape }

  /// The column that is the target of an output.
  ///
  /// - Parameter name: nil or `label` for the class or classes.
  func column(ofTarget name: String?) -> Column? {
    columns.first { $0.name == name }
      ?? (name ?? "label" == "label" ? columns.first { $0.kind == .category || $0.kind == .categories } : nil)
  }

  /// The classes that a column tells apart; nil where nothing says how many.
  func classes(of column: Column) -> Int? {
    if column == self.column(ofTarget: nil) { return classes }
    if column.kind == .categories { return column.shape.count }
    return column.classNames.isEmpty ? nil : column.classNames.count
  }

  /// The end of a sentence about a column that there is not: the nearest name, or all of them.
  func suggestion(for name: String) -> String {
    let names = columns.map(\.name) + otherColumns
    return names.nearest(to: name).map { "; did you mean '\($0)'?" }
      ?? "; its columns are \(names.joined(separator: ", "))."
  }
}
