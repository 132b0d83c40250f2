/// Whatever has a row for each sample and columns by name: a list, shards of files, records.
struct SampleTable {
  /// Of the whole, for messages.
  let location: String
  /// Where paths of files begin.
  var folder = "."
  let count: Int
  /// The lines of a list that the samples are in; empty where nothing lists them.
  var lines: [Int] = []
  let columns: [String: Cells]
  /// The names of the columns, in the order of the data where it has one.
  let names: [String]
  /// The columns that their names alone tell.
  var usual: [String: ColumnChoice]
  /// Names of the classes of columns that hold class numbers.
  var classNames: [String: [String]] = [:]
  /// The name that messages use for a row.
  let place: @Sendable (Int) -> String

  /// The values of a column; nil where a row has none.
  enum Cells {
    case text([String?])
    case numbers([[Double]?])
    case files([StoredFile?])
    /// Lists of numbers in records.
    case stored([StoredFile?], ExampleFeature.Kind)
  }

  init(
    _ location: String, count: Int, columns: [String: Cells], names: [String]? = nil,
    place: @escaping @Sendable (Int) -> String
  ) {
    (self.location, self.count, self.columns, self.place) = (location, count, columns, place)
    self.names = names ?? columns.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    usual = SampleList.usual(Set(columns.keys))
  }

  /// A list, whose samples are in lines.
  init(list path: String, lines: [Int], columns: [String: Cells], names: [String]? = nil) {
    self.init(path, count: lines.count, columns: columns, names: names) { "\(path), line \(lines[$0])" }
    (self.lines, folder) = (lines, path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
  }

  /// Whether a column holds numbers and no text.
  func holdsNumbers(_ name: String) -> Bool {
    switch columns[name] {
    case .numbers, .stored: true
    default: false
    }
  }

  private func cells(_ name: String) throws(DataError) -> Cells {
    guard let cells = columns[name] else {
      throw DataError(
        location, "has no column '\(name)', but \(names.joined(separator: ", "))",
        remedy: "correct it, or say with 'from' which column is meant")
    }
    return cells
  }

  private func each<Cell, Value>(
    _ cells: [Cell?], _ name: String, _ body: (Int, Cell) throws(DataError) -> Value
  ) throws(DataError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(cells.count)
    for (row, cell) in cells.enumerated() {
      guard let cell else { throw DataError(place(row), "has no '\(name)'", remedy: "add it or remove the sample") }
      values.append(try body(row, cell))
    }
    return values
  }

  /// A column of paths or of files.
  func files(_ name: String) throws(DataError) -> [StoredFile] {
    switch try cells(name) {
    case .files(let files): return try each(files, name) { $1 }
    case .text(let paths):
      return try each(paths, name) { (row, path) throws(DataError) in
        let file = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        guard Files.kind(file) == .file else {
          throw DataError(
            place(row), "'\(name)' is '\(path)', but there is no file \(file)",
            remedy: "correct the path, which is relative to the list")
        }
        return StoredFile(file)
      }
    case .numbers, .stored:
      throw DataError(
        location, "the column '\(name)' holds numbers, but files of images are wanted",
        remedy: "say with 'from' which column is meant")
    }
  }

  /// A column of names of classes, or of numbers as text.
  ///
  /// - Parameter isEmptyMeant: whether a row without a value has an empty text.
  func texts(_ name: String, isEmptyMeant: Bool = false) throws(DataError) -> [String] {
    switch try cells(name) {
    case .text(let texts) where isEmptyMeant: return texts.map { $0 ?? "" }
    case .text(let texts): return try each(texts, name) { $1 }
    case .files(let files):
      return try each(files, name) { (row, file) throws(DataError) in
        guard let text = String(validating: try file.bytes(), as: UTF8.self) else {
          throw DataError(place(row), "'\(name)' is not text in UTF-8", remedy: "say with 'from' which column is meant")
        }
        return text.withoutSpacesAround
      }
    case .numbers, .stored: return try singles(name).map { StoredNumbers.text(Double($0)) }
    }
  }

  /// A column of finite numbers, as many in each row as there are.
  func numbers(_ name: String) throws(DataError) -> [[Float]] {
    func number(_ row: Int, _ text: String) throws(DataError) -> [Float] {
      guard let number = Float(text) else {
        throw DataError(
          place(row), "'\(name)' is '\(text)', which is no number", remedy: "correct it or remove the line")
      }
      return [number]
    }
    let rows: [[Float]]
    switch try cells(name) {
    case .text(let texts): rows = try each(texts, name, number)
    case .numbers(let numbers): rows = try each(numbers, name) { $1.map(Float.init) }
    case .stored(let files, let kind):
      rows = try each(files, name) { (row, file) throws(DataError) in
        try ExampleFeature.numbers(try file.bytes(), kind, place(row))
      }
    case .files: rows = try each(try texts(name), name, number)
    }
    for (row, numbers) in rows.enumerated() {
      guard let wrong = numbers.first(where: { !$0.isFinite }) else { continue }
      throw DataError(
        place(row), "'\(name)' is '\(wrong)', which is no number", remedy: "correct it or remove the line")
    }
    return rows
  }

  /// The same where every row has one number.
  func singles(_ name: String) throws(DataError) -> [Float] {
    try each(try numbers(name), name) { (row, numbers) throws(DataError) in
      guard numbers.count == 1 else {
        throw DataError(
          place(row), "'\(name)' has \(numbers.count) numbers, but one is wanted",
          remedy: "say with 'from' which column is meant")
      }
      return numbers[0]
    }
  }
}

extension String {
  fileprivate var withoutSpacesAround: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(self[first...lastIndex { !$0.isWhitespace }!])
  }
}
