/// One of the eight ways in which a square picture can lie: upright, mirrored, turned by quarters.
enum Turn: Int, CaseIterable {
  case none, mirrored, flipped, half, transposed, left, right, transposedHalf

  /// A square plane as it lies then.
  func turn<Number>(_ plane: [Number], side: Int) -> [Number] {
    guard self != .none else { return plane }
    return (0..<side * side).map { plane[place(row: $0 / side, column: $0 % side, side: side)] }
  }

  /// Where in the upright plane a cell comes from.
  func place(row: Int, column: Int, side: Int) -> Int {
    let (y, x) = (side - 1 - row, side - 1 - column)
    let (sourceRow, sourceColumn) =
      switch self {
      case .none: (row, column)
      case .mirrored: (row, x)
      case .flipped: (y, column)
      case .half: (y, x)
      case .transposed: (column, row)
      case .left: (column, y)
      case .right: (x, row)
      case .transposedHalf: (x, y)
      }
    return sourceRow * side + sourceColumn
  }

  /// What is said of a copy that lies so; empty for an upright one.
  var text: String {
    switch self {
    case .none: ""
    case .mirrored: "mirrored"
    case .flipped: "upside down"
    case .half: "turned by 180 degrees"
    case .left, .right: "turned by 90 degrees"
    case .transposed, .transposedHalf: "turned by 90 degrees and mirrored"
    }
  }
}
