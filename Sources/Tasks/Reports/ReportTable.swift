public import Networks

/// Rows of values, such as one for each class.
public struct ReportTable: Sendable {
  /// A column: what it is called in the file, in JSON, and for people.
  public struct Column: Sendable {
    public let title: String
    public let key: String
    public let style: Style

    public init(_ title: String, _ key: String, _ style: Style = .number) {
      (self.title, self.key, self.style) = (title, key, style)
    }
  }

  /// How people read the values of a column.
  public enum Style: Sendable {
    case text
    /// A whole number of things.
    case count
    /// 0 to 1, in percent.
    case share
    case number
  }

  public let name: String
  /// The file of comma-separated values.
  public let file: String
  public let columns: [Column]
  public let rows: [[JSONValue]]
  /// A row that people see below the others, such as means; not in the files.
  public var footer: [JSONValue]?

  var json: JSONValue {
    .array(
      rows.map { row in
        var entries: [String: JSONValue] = [:]
        for (column, value) in zip(columns, row) where value != .null { entries[column.key] = value }
        return .object(entries)
      })
  }

  var csv: String {
    let lines = rows.map { row in row.map { ReportText.field($0.tableText) }.joined(separator: ",") }
    return ([columns.map(\.title).joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
  }

  /// The same under another name.
  func prefixed(_ prefix: String) -> ReportTable {
    var copy = ReportTable(name: "\(prefix)-\(name)", file: "\(prefix)-\(file)", columns: columns, rows: rows)
    copy.footer = footer
    return copy
  }
}
