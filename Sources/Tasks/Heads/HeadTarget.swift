public import Datasets
public import Networks

/// A column that a new head learns.
public struct HeadTarget: Sendable {
  public let column: Column
  /// The classes that it tells apart; nil where nothing says how many.
  private let known: Int?

  package init(_ column: Column, classes: Int?) { (self.column, known) = (column, classes) }

  /// The classes that a head tells apart: as many as it says, or as the column has.
  public func classes(_ head: HeadChoice) throws(ShapeError) -> Int {
    guard let count = head.classes ?? known else {
      throw ShapeError(
        "nothing says how many classes '\(column.name)' has; give 'finetune.head.classes', or "
          + "'data.columns.\(column.name).classNames'.")
    }
    guard count >= known ?? 0 else {
      throw ShapeError("'finetune.head.classes' is \(count), but '\(column.name)' has \(known!) classes; leave it out.")
    }
    return count
  }
}
