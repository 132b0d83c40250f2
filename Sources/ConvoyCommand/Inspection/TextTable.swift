/// Rows of text in columns: the first ones to the left, figures to the right.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]]

  init(_ header: [(String, Alignment)]) {
    alignments = header.map(\.1)
    rows = [header.map(\.0)]
  }

  mutating func add(_ row: [String]) {
    precondition(row.count == alignments.count)
    rows.append(row)
  }

  var text: String {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max()! }
    let lines = rows.map { row in
      zip(row, zip(widths, alignments)).map { cell, column in
        let padding = String(repeating: " ", count: column.0 - cell.count)
        return column.1 == .left ? cell + padding : padding + cell
      }.joined(separator: "  ").trimmingEnd()
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate func trimmingEnd() -> String { String(reversed().drop { $0 == " " }.reversed()) }
}
