import Kernels
import Tensors

// Values that are kept in memory.
extension SampleTable {
  /// Classes by name, in the byte order of the names, or by number where all of them are numbers.
  ///
  /// - Parameter known: the classes of the model or of the training data; empty takes those of the column.
  func category(
    _ name: String, _ from: String, _ choice: ColumnChoice, known: [String]
  ) throws(DataError) -> ColumnValues {
    let fields = try texts(from)
    let numbers = fields.compactMap { Int32($0) }.filter { $0 >= 0 }
    let ofNumbers = classNames[from] ?? []
    let known = choice.classNames ?? (known.isEmpty ? ofNumbers : known)
    let areNamed = ofNumbers.isEmpty && !holdsNumbers(from) && fields.allSatisfy(Set(known).contains)
    let isByNumber = known.isEmpty || !ofNumbers.isEmpty || holdsNumbers(from) || choice.classNames != nil && !areNamed
    if isByNumber, numbers.count == fields.count {
      let end = known.isEmpty ? Int(Int32.max) : known.count
      if let row = numbers.firstIndex(where: { $0 >= end }) {
        throw DataError(
          place(row), "has the label \(numbers[row]), but classes count from 0 to \(end - 1)",
          remedy: "correct the label or the names of the classes")
      }
      return ColumnValues(Column(name, .category, .float, shape: [1], classNames: known), integers: numbers)
    }
    let classes = known.isEmpty ? Set(fields).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : known
    let labels = Dictionary(classes.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    var values: [Int32] = []
    for (row, field) in fields.enumerated() {
      guard let label = labels[field], !field.isEmpty else {
        throw DataError(
          place(row),
          field.isEmpty
            ? "has no class" : "has the class '\(field)', which is not among \(classes.joined(separator: ", "))",
          remedy: "correct the class")
      }
      values.append(label)
    }
    return ColumnValues(Column(name, .category, .float, shape: [1], classNames: classes), integers: values)
  }

  /// Texts side by side, or whole numbers as such.
  ///
  /// - Parameter shape: of a sample, where a text is one element.
  func texts(_ name: String, _ from: [String], _ shape: Shape, _ form: KeyForm) throws(DataError) -> ColumnValues {
    guard shape.count == from.count else {
      throw DataError(
        location, "'\(name)' has \(from.count) texts for each sample, but the network takes \(shape.count)",
        remedy: "name as many columns with 'data.columns.\(name).from'")
    }
    let columns = try from.map { (name) throws(DataError) in try texts(name, isEmptyMeant: form == .text) }
    var values = TextValues()
    for row in 0..<count {
      for (column, texts) in zip(from, columns) {
        var text = texts[row]
        if form == .integer {
          guard let number = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }) else {
            throw DataError(
              place(row), "'\(column)' is '\(text)', which is no whole number", remedy: "correct it or remove the line")
          }
          text = String(number)
        }
        guard !text.utf8.contains(0) else {
          throw DataError(place(row), "'\(column)' has a byte that is 0", remedy: "remove it from the text")
        }
        values.append(text)
      }
    }
    // Networks have room for every whole number.
    let capacity = form == .integer ? 20 : values.capacity
    return ColumnValues(
      Column(name, .text, .byte, shape: Shape(shape.dimensions + [capacity])), texts: values)
  }

  /// Numbers side by side: as many of each column as it has in every row.
  func values(_ name: String, _ from: [String], _ choice: ColumnChoice) throws(DataError) -> ColumnValues {
    let columns = try from.map { (name) throws(DataError) in try numbers(name) }
    let width = columns.reduce(0) { $0 + ($1.first?.count ?? 0) }
    var values: [Float] = []
    for row in 0..<count {
      for (column, rows) in zip(from, columns) {
        guard rows[row].count == rows[0].count, !rows[row].isEmpty else {
          throw DataError(
            place(row), "'\(column)' has \(rows[row].count) numbers, but the first sample has \(rows[0].count)",
            remedy: "give every sample as many")
        }
        if let wrong = rows[row].first(where: { SampleTable.isWrong($0, choice.kind) }) {
          throw DataError(
            place(row), "'\(column)' is \(wrong)",
            remedy: choice.kind == .weight
              ? "give a weight of at least 0" : "write 1 for a label that is there, else 0")
        }
        values += rows[row]
      }
    }
    guard choice.kind != .weight || width == 1 else {
      throw DataError(location, "'\(name)' has \(width) numbers for a sample", remedy: "give one weight for each")
    }
    var names: [String] = []
    if choice.kind == .categories { names = choice.classNames ?? (from.count == width ? from : []) }
    guard names.isEmpty || names.count == width else {
      throw DataError(
        location, "'\(name)' has \(width) labels for each sample and \(names.count) classNames",
        remedy: "name each label")
    }
    return ColumnValues(Column(name, choice.kind, .float, shape: [width], classNames: names), floats: values)
  }

  private static func isWrong(_ number: Float, _ kind: Column.Kind) -> Bool {
    switch kind {
    case .categories: number != 0 && number != 1
    case .weight: number < 0
    default: false
    }
  }

  /// Boxes: the four numbers of one in four columns; or four for each of several in one column, and in others one for
  /// each of them.
  func boxes(_ name: String, _ from: [String], _ choice: ColumnChoice) throws(DataError) -> ColumnValues {
    if from.count >= 4 {
      let columns = try from.map { (name) throws(DataError) in try singles(name) }
      return ColumnValues(
        choice.boxes(name, [from.count]),
        floats: (0..<count).flatMap { row in columns.map { $0[row] } })
    }
    let columns = try from.map { (name) throws(DataError) in try numbers(name) }
    let counts = columns[0].map { $0.count / 4 }
    for row in 0..<count {
      let isWhole = columns[0][row].count % 4 == 0
      guard isWhole, columns.dropFirst().allSatisfy({ $0[row].count == counts[row] }) else {
        throw DataError(
          place(row),
          "the boxes of '\(name)' have \(columns.map { $0[row].count }) numbers, but each has four, and one of every "
            + "further column", remedy: "correct them, or name the four numbers of a box with 'from'")
      }
    }
    let (capacity, width) = (counts.max() ?? 0, 3 + from.count)
    guard capacity > 0 else { throw DataError(location, "'\(name)' has no boxes", remedy: "remove the column") }
    let isOne = from.count == 1 && counts.allSatisfy { $0 == 1 }
    var values: [Float] = []
    for row in 0..<count {
      for box in 0..<counts[row] {
        values += columns[0][row][4 * box..<4 * box + 4] + columns.dropFirst().map { $0[row][box] }
      }
      values += Array(repeating: 0, count: (capacity - counts[row]) * width)
    }
    return ColumnValues(choice.boxes(name, isOne ? [4] : [capacity, width]), floats: values)
  }
}
