/// TFRecord files of `tf.train.Example`: each record is its length in 8 bytes, a check of these, the message, and a
/// check of that, as TensorFlow writes them. Features are columns; `NAME.labels.txt` beside the files names the classes
/// of the feature NAME, as TensorFlow Datasets has it.
enum TFRecords {
  static func read(_ paths: [String], location: String) throws(DataError) -> SampleTable {
    var columns: [String: (kind: ExampleFeature.Kind, cells: [StoredFile?])] = [:]
    var counts: [Int] = []
    for path in paths {
      let first = counts.reduce(0, +)
      var count = 0
      try forEachRecord(path) { (bytes, start) throws(DataError) in
        let place = "\(path), record \(count)"
        for feature in try ExampleFeature.all(bytes, place) {
          var (kind, cells) = columns[feature.name] ?? (feature.kind, [])
          guard kind == feature.kind, cells.count <= first + count else {
            throw DataError(
              place, "has another '\(feature.name)' than the records before it",
              remedy: "write one type of each feature")
          }
          let range = feature.range.lowerBound + start..<feature.range.upperBound + start
          let file = StoredFile(path, record: count, at: range)
          cells += Array(repeating: nil, count: first + count - cells.count) + [file]
          columns[feature.name] = (kind, cells)
        }
        count += 1
      }
      counts.append(count)
    }
    let count = counts.reduce(0, +)
    guard count > 0 else { throw DataError(location, "holds no records", remedy: "get the file again") }
    let all = columns.mapValues { kind, cells -> SampleTable.Cells in
      let whole = cells + Array(repeating: nil, count: count - cells.count)
      return kind == .bytes ? .files(whole) : .stored(whole, kind)
    }
    var classNames: [String: [String]] = [:]
    let folder = paths[0].lastIndex(of: "/").map { String(paths[0][..<$0]) } ?? "."
    for name in all.keys {
      let file = "\(folder)/\(name).labels.txt"
      guard Files.kind(file) == .file else { continue }
      classNames[name] = String(decoding: try Files.bytes(file), as: UTF8.self).split(whereSeparator: \.isNewline)
        .map(String.init)
    }
    var table = SampleTable(location, count: count, columns: all) { [counts] row in
      var (file, rest) = (0, row)
      while rest >= counts[file] { (file, rest) = (file + 1, rest - counts[file]) }
      return "\(paths[file]), record \(rest)"
    }
    table.classNames = classNames
    return table
  }

  /// Hands over the message of each record, and where it begins, once both of its checks are right.
  private static func forEachRecord(
    _ path: String, _ body: ([UInt8], Int) throws(DataError) -> Void
  ) throws(DataError) {
    let file = try RandomAccessFile(path)
    guard file.size > 0 else { throw DataError(path, "is empty", remedy: "get the file again") }
    var (place, number) = (0, 0)
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    while place < file.size {
      func fails(_ problem: String) -> DataError {
        DataError("\(path), record \(number)", problem, remedy: "get the file again")
      }
      guard file.size - place >= 16 else { throw fails("ends early: the file is truncated") }
      let header = try file.bytes(place..<place + 12)
      guard word(header[8...]) == UInt64(CRC32C.masked(header[..<8])) else {
        throw fails(number == 0 ? "does not begin as one of TFRecord" : "is damaged: the check of its length is wrong")
      }
      guard let length = Int(exactly: word(header[..<8])), length <= file.size - place - 16 else {
        throw fails("ends early: the file is truncated")
      }
      let bytes = try file.bytes(place + 12..<place + 16 + length)
      guard word(bytes[length...]) == UInt64(CRC32C.masked(bytes[..<length])) else {
        throw fails("is damaged: its check is wrong")
      }
      try body(Array(bytes[..<length]), place + 12)
      place += 16 + length
      number += 1
    }
  }
}
