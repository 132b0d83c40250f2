/// A file with a JSON object for each sample in a line of its own: `{"image": "a.jpg", "label": "cat", "age": 3}`.
enum JSONLines {
  static func read(_ path: String) throws(DataError) -> SampleTable {
    let bytes = try Files.bytes(path)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw DataError(path, "is not text in UTF-8", remedy: "save it as JSON lines in UTF-8")
    }
    var (rows, lines) = ([[String: JSONCell]](), [Int]())
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
      rows.append(try JSONCell.fields(line, "\(path), line \(index + 1)"))
      lines.append(index + 1)
    }
    guard !rows.isEmpty else {
      throw DataError(path, "has no lines of samples", remedy: "write a JSON object for each sample into a line")
    }
    return SampleTable(list: path, lines: lines, columns: JSONCell.columns(rows))
  }
}
