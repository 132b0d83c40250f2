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

extension Int {
  /// With commas between thousands: `1,234,567`.
  var grouped: String {
    let digits = Array(String(magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[Swift.max(0, $0 - 3)..<$0]) }
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }

  /// A number of bytes: `18.4 KiB`.
  var bytes: String {
    var (amount, unit) = (Double(self), "B")
    for next in ["KiB", "MiB", "GiB", "TiB"] where amount >= 1024 { (amount, unit) = (amount / 1024, next) }
    guard unit != "B" else { return "\(self) B" }
    let tenths = Int((amount * 10).rounded())
    return "\((tenths / 10).grouped).\(tenths % 10) \(unit)"
  }
}
