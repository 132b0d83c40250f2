public import Networks

/// Rows of values, such as one for each class.
public struct ReportTable: Sendable {
  public let name: String
  /// The file of comma-separated values.
  public let file: String
  /// What a column is called in the file, and in JSON.
  public let columns: [(title: String, key: String)]
  public let rows: [[JSONValue]]

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
    return ([columns.map { $0.title }.joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
  }
}
