/// A file of comma-separated values (RFC 4180) with a line of names: quotes hold commas, quotes are doubled in quotes,
/// lines may end in CR LF.
struct CommaSeparatedTable {
  let path: String
  let names: [String]
  /// As many fields in each as there are names, with the number of its line, counted from 1.
  private(set) var rows: [(line: Int, fields: [String])] = []

  init(_ path: String) throws(DataError) {
    self.path = path
    var bytes = try Files.bytes(path)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw DataError(path, "is not text in UTF-8", remedy: "save it as CSV in UTF-8")
    }
    var records: [(line: Int, fields: [String])] = []
    var (field, fields, isQuoted, wasQuoted) = ([UInt8](), [String](), false, false)
    var (line, firstLine) = (1, 1)
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    func endRecord() {
      fields.append(wasQuoted ? text(field) : text(field).trimmed)
      // A line without anything is none.
      if fields != [""] { records.append((firstLine, fields)) }
      (field, fields, wasQuoted) = ([], [], false)
    }
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      if byte == 0x0A { line += 1 }
      if isQuoted {
        if byte != 0x22 {
          field.append(byte)
        } else if place < bytes.endIndex, bytes[place] == 0x22 {
          field.append(0x22)
          place += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case 0x22 where text(field).trimmed.isEmpty: (isQuoted, wasQuoted, field) = (true, true, [])
      case 0x2C:
        fields.append(wasQuoted ? text(field) : text(field).trimmed)
        (field, wasQuoted) = ([], false)
      case 0x0D where place < bytes.endIndex && bytes[place] == 0x0A: continue
      case 0x0A:
        endRecord()
        firstLine = line
      default: field.append(byte)
      }
    }
    guard !isQuoted else {
      throw DataError(path, "line \(firstLine) has a quote that does not end", remedy: "end it with another one")
    }
    endRecord()
    guard records.count > 1 else {
      throw DataError(path, "has no lines of samples behind a line of names", remedy: "write one line for each sample")
    }
    names = records[0].fields
    if let name = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw DataError(path, "has two columns '\(name)'", remedy: "give each column another name")
    }
    for record in records.dropFirst() {
      guard record.fields.count == names.count else {
        throw DataError(
          path, "line \(record.line) has \(record.fields.count) fields, but the first line names \(names.count)",
          remedy: "write as many, and put fields with commas into quotes")
      }
      rows.append(record)
    }
  }

  /// The same by columns.
  var table: SampleTable {
    let columns = names.enumerated().map { index, name in
      (name, SampleTable.Cells.text(rows.map { $0.fields[index] }))
    }
    return SampleTable(
      list: path, lines: rows.map(\.line), columns: Dictionary(uniqueKeysWithValues: columns), names: names)
  }
}

extension String {
  fileprivate var trimmed: String {
    guard let first = firstIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(self[first...lastIndex(where: { $0 != " " && $0 != "\t" })!])
  }
}
