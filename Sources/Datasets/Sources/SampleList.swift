import Tensors

/// A CSV file with a line for each sample: the paths of its images, relative to the list, and what is known of it.
///
/// The columns `image`, `label`, `xmin, ymin, xmax, ymax`, `mask` and `weight` mean what they say, unless a
/// configuration names others of their kind; so do the names that inputs of the network take. What else nobody names is
/// left out.
enum SampleList {
  private static let edges = ["xmin", "ymin", "xmax", "ymax"]

  static func read(_ path: String, _ options: SourceOptions) throws(DataError) -> any DataSource {
    let table = try CommaSeparatedTable(path)
    let usual = usual(table)
    let own = options.describingInputs { table.names.contains($0) && usual[$0] == nil }
    let choices = usual.filter { usual in !own.values.contains { $0.kind == usual.value.kind } }
      .merging(own) { $1 }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let lines = table.rows.map(\.line)
    var used: Set<String> = []
    func fields(_ name: String) throws(DataError) -> [String] {
      guard let fields = table.column(name) else { throw missing(name, table) }
      used.insert(name)
      return fields
    }
    func numbers(_ name: String) throws(DataError) -> [Float] {
      guard let numbers = try table.numbers(name) else { throw missing(name, table) }
      used.insert(name)
      return numbers
    }
    func paths(_ name: String) throws(DataError) -> [String] {
      var paths: [String] = []
      for (row, field) in try fields(name).enumerated() {
        let file = field.hasPrefix("/") ? field : "\(folder)/\(field)"
        guard Files.kind(file) == .file else {
          throw DataError(
            "\(path), line \(lines[row])", "'\(name)' is '\(field)', but there is no file \(file)",
            remedy: "correct the path, which is relative to the list")
        }
        paths.append(file)
      }
      return paths
    }
    func boxes(
      _ name: String, _ choice: ColumnChoice, _ from: [String]
    ) throws(DataError) -> ImageFileSource.Part {
      guard from.count >= 4 else {
        throw DataError(
          "data.columns.\(name).from", "names \(from.count) columns", remedy: "name the four numbers of a box")
      }
      let values = try rows(
        choice.boxes(name, [from.count]), from.map { (name) throws(DataError) in try numbers(name) })
      return .boxes(values, BoxReader(format: choice.format ?? .xyxy))
    }
    var parts: [ImageFileSource.Part] = []
    var named = choices
    let hasImages = choices.values.contains { $0.kind == .image }
    if !hasImages, options.wantsImage { named["image"] = ColumnChoice(.image) }
    for (name, choice) in named.inOrderOfColumns {
      let from = choice.from ?? (choice.kind == .boxes ? edges : [name])
      switch choice.kind {
      case .image:
        parts.append(
          .image(named: name, try paths(from[0]), shape: options.imageShape(of: name, isFirst: parts.isEmpty)))
      case .mask, .boxes:
        guard hasImages || options.wantsImage else {
          throw DataError(
            "data.columns.\(name)", "is of the kind \(choice.kind.rawValue), but \(path) has no images for it",
            remedy: "add a column of images, or remove it")
        }
        if choice.kind == .boxes {
          parts.append(try boxes(name, choice, from))
          continue
        }
        parts.append(.masks(choice, named: name, try paths(from[0])))
      case .category:
        parts.append(.values(try category(name, try fields(from[0]), choice, options, table)))
      case .categories, .numbers, .weight:
        let all = try from.map { (name) throws(DataError) in try numbers(name) }
        for (place, column) in all.enumerated() {
          let isWrong: (Float) -> Bool =
            switch choice.kind {
            case .categories: { $0 != 0 && $0 != 1 }
            case .weight: { $0 < 0 }
            default: { _ in false }
            }
          guard let row = column.firstIndex(where: isWrong) else { continue }
          throw DataError(
            "\(path), line \(lines[row])", "'\(from[place])' is \(column[row])",
            remedy: choice.kind == .weight
              ? "give a weight of at least 0" : "write 1 for a label that is there, else 0")
        }
        var values = rows(Column(name, choice.kind, .float, shape: [all.count]), all)
        if choice.kind == .categories { values = values.named(choice.classNames ?? from) }
        parts.append(.values(values))
      }
    }
    let leftOut = table.names.filter { !used.contains($0) }
    let notices = leftOut.isEmpty ? [] : ["\(path): left out the columns \(leftOut.joined(separator: ", "))"]
    if named.values.contains(where: { $0.kind == .image }) {
      return try ImageFileSource(
        path, parts, resize: options.resize, decoding: options.decoding, lines: lines, otherColumns: leftOut,
        notices: notices)
    }
    let values = parts.compactMap { if case .values(let values) = $0 { values } else { nil } }
    guard !values.isEmpty else { throw missing("image", table) }
    return MemorySource(path, values, otherColumns: leftOut, notices: notices)
  }

  /// What the names of columns say.
  private static func usual(_ table: CommaSeparatedTable) -> [String: ColumnChoice] {
    var choices: [String: ColumnChoice] = [:]
    let kinds: KeyValuePairs<String, Column.Kind> = [
      "image": .image, "label": .category, "mask": .mask, "weight": .weight,
    ]
    for (name, kind) in kinds where table.names.contains(name) { choices[name] = ColumnChoice(kind) }
    if edges.allSatisfy(table.names.contains) { choices["box"] = ColumnChoice(.boxes) }
    return choices
  }

  private static func missing(_ name: String, _ table: CommaSeparatedTable) -> DataError {
    DataError(
      table.path, "has no column '\(name)', but \(table.names.joined(separator: ", "))",
      remedy: "correct its first line, or say with 'from' which column is meant")
  }

  /// Classes by name, in the byte order of the names, or by number where all of them are numbers.
  private static func category(
    _ name: String, _ fields: [String], _ choice: ColumnChoice, _ options: SourceOptions, _ table: CommaSeparatedTable
  ) throws(DataError) -> ColumnValues {
    let known = choice.classNames ?? options.classNames
    let numbers = fields.compactMap { Int32($0) }.filter { $0 >= 0 }
    if known.isEmpty, numbers.count == fields.count {
      return ColumnValues(Column(name, .category, .float, shape: [1]), integers: numbers)
    }
    let names = known.isEmpty ? Set(fields).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : known
    let labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    var values: [Int32] = []
    for (row, field) in fields.enumerated() {
      guard let label = labels[field], !field.isEmpty else {
        throw DataError(
          "\(table.path), line \(table.rows[row].line)",
          field.isEmpty
            ? "has no class" : "has the class '\(field)', which is not among \(names.joined(separator: ", "))",
          remedy: "correct the class")
      }
      values.append(label)
    }
    return ColumnValues(Column(name, .category, .float, shape: [1], classNames: names), integers: values)
  }

  /// Columns of numbers side by side.
  private static func rows(_ column: Column, _ columns: [[Float]]) -> ColumnValues {
    ColumnValues(column, floats: columns[0].indices.flatMap { row in columns.map { $0[row] } })
  }
}
