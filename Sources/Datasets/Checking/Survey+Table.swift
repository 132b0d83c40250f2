import Tensors

/// Lists, tar shards and records.
extension Survey {
  mutating func list(_ table: SampleTable, _ options: SourceOptions, isAlone: Bool) {
    isList = !table.lines.isEmpty
    var (named, _) = SampleList.columns(of: table, options)
    if isAlone, table.columns["image"] == nil, let choice = named["image"], choice.from == nil { named["image"] = nil }
    samples = (0..<table.count).map { SurveyedSample(name: table.place($0)) }
    var used = Set([options.group].compactMap(\.self))
    var hasImages = false
    for (name, choice) in named.inOrderOfColumns {
      let from = SampleList.origin(name, choice, in: table)
      used.formUnion(from)
      if let missing = from.first(where: { table.columns[$0] == nil }) {
        add(.missingColumn, table.location, "'\(missing)'; there are \(table.names.joined(separator: ", "))")
        continue
      }
      switch choice.kind {
      case .image:
        listImages(table, from[0], isFirst: !hasImages)
        hasImages = true
      case .mask:
        masks = choice
        for (row, file) in files(table, from[0]).enumerated() { samples[row].mask = file.map { .file($0) } }
      case .category: listClasses(table, from[0], choice, known: options.classNames)
      case .categories: listLabels(table, from, choice)
      case .boxes: listBoxes(table, from, choice)
      case .numbers, .weight: listNumbers(table, name, from, choice.kind)
      // Any text is one.
      case .text: break
      }
    }
    if let group = options.group {
      // Data that is in a file of its own may know no groups.
      if table.columns[group] == nil, split == "train" {
        add(.missingColumn, table.location, "'\(group)', to group by")
      }
      for row in 0..<table.count { samples[row].group = table.text(group, row) }
    }
    guard isAlone else { return }
    // Nobody has said what the others are: those that hold numbers are looked at as such.
    for name in table.names where !used.contains(name) {
      let given = (0..<table.count).filter { !(table.text(name, $0) ?? "").isEmpty }
      let numbers = given.count { table.numbers(name, $0) != nil }
      if numbers * 10 > given.count * 9 {
        listNumbers(table, name, [name], .numbers)
      }
    }
  }

  private mutating func listImages(_ table: SampleTable, _ name: String, isFirst: Bool) {
    for (row, file) in files(table, name).enumerated() {
      guard let file else { continue }
      guard isFirst else {
        samples[row].others.append(.file(file))
        continue
      }
      samples[row].picture = .file(file)
      samples[row].name = file.name
    }
  }

  /// The files that a column names; nil where they are not there, which is noted.
  private mutating func files(_ table: SampleTable, _ name: String) -> [StoredFile?] {
    (0..<table.count).map { row in
      switch table.columns[name] {
      case .files(let files)?:
        if files[row] == nil { add(.missingValue, table.place(row), "'\(name)'") }
        return files[row]
      case .text(let paths)?:
        guard let path = paths[row], !path.isEmpty else {
          add(.missingValue, table.place(row), "'\(name)'")
          return nil
        }
        let file = path.hasPrefix("/") ? path : "\(table.folder)/\(path)"
        guard Files.kind(file) == .file else {
          add(.missingFile, table.place(row), file)
          return nil
        }
        return StoredFile(file)
      default:
        if row == 0 { add(.missingColumn, table.location, "'\(name)' holds numbers, not files") }
        return nil
      }
    }
  }

  private mutating func listClasses(
    _ table: SampleTable, _ name: String, _ choice: ColumnChoice, known: [String]
  ) {
    hasLabels = true
    let fields = (0..<table.count).map { table.text(name, $0) }
    let ofNumbers = table.classNames[name] ?? []
    let names = choice.classNames ?? (ofNumbers.isEmpty ? [] : ofNumbers)
    let given = fields.compactMap(\.self).filter { !$0.isEmpty }
    // A few fields that are no numbers among numbers are mistakes, not names.
    let areNumbers = given.count { Int($0) != nil } * 10 > given.count * 9 && !given.isEmpty
    classNames = names.isEmpty && !areNumbers ? known : names
    for (row, field) in fields.enumerated() {
      guard let field, !field.isEmpty else {
        add(.missingValue, table.place(row), "'\(name)'")
        continue
      }
      if areNumbers {
        guard let number = Int(field) else {
          add(.notANumber, table.place(row), "'\(name)' is '\(field)'")
          continue
        }
        let isThere = number >= 0 && (names.isEmpty || number < names.count)
        guard isThere else {
          add(.labelOutOfRange, table.place(row), "'\(name)' is \(number)")
          continue
        }
        samples[row].labels = [names.isEmpty ? field : names[number]]
      } else if !names.isEmpty, !names.contains(field) {
        add(.labelOutOfRange, table.place(row), "'\(name)' is '\(field)'")
      } else {
        samples[row].labels = [field]
      }
    }
  }

  private mutating func listLabels(_ table: SampleTable, _ from: [String], _ choice: ColumnChoice) {
    hasLabels = true
    let width = table.numbers(from[0], 0)?.count ?? 1
    classNames = choice.classNames ?? (width == 1 ? from : [])
    for row in 0..<table.count {
      guard let values = numbers(table, from, row) else { continue }
      var labels: [String] = []
      for (place, value) in values.enumerated() {
        if value != 0, value != 1 {
          add(.notBinary, table.place(row), "label \(place) is \(StoredNumbers.text(value))")
        } else if value == 1 {
          labels.append(classNames.indices.contains(place) ? classNames[place] : String(place))
        }
      }
      samples[row].labels = labels
    }
  }

  private mutating func listNumbers(_ table: SampleTable, _ name: String, _ from: [String], _ kind: Column.Kind) {
    var rows: [[Double]] = []
    for row in 0..<table.count {
      let values = numbers(table, from, row) ?? []
      if kind == .weight, values.contains(where: { $0 < 0 }) { add(.negativeWeight, table.place(row), "'\(name)'") }
      rows.append(values)
    }
    if kind == .numbers { numbers.append((name, rows)) }
  }

  private mutating func listBoxes(_ table: SampleTable, _ from: [String], _ choice: ColumnChoice) {
    let format = choice.format ?? .xyxy
    for row in 0..<table.count {
      if from.count >= 4 {
        guard let values = numbers(table, from, row) else { continue }
        samples[row].boxes = [SurveyedBox(values, format, place: from.count)]
        continue
      }
      guard let corners = table.numbers(from[0], row) else {
        add(.missingValue, table.place(row), "'\(from[0])'")
        continue
      }
      let others = from.dropFirst().map { table.numbers($0, row) ?? [] }
      guard corners.count % 4 == 0, others.allSatisfy({ $0.count == corners.count / 4 }) else {
        add(.boxNumbers, table.place(row), "\(corners.count) numbers in '\(from[0])'")
        continue
      }
      samples[row].boxes = (0..<corners.count / 4).map { box in
        SurveyedBox(corners[4 * box..<4 * box + 4] + others.map { $0[box] }, format, place: 5)
      }
    }
    noteBoxClasses()
  }

  /// Boxes whose fifth number can be no class.
  mutating func noteBoxClasses() {
    for sample in samples {
      for box in sample.boxes where box.numbers.count > 4 && box.label == nil {
        add(.boxClass, sample.name, box.text)
      }
    }
  }

  /// The numbers of several columns of a row; nil where one is missing or none, which is noted.
  private mutating func numbers(_ table: SampleTable, _ from: [String], _ row: Int) -> [Double]? {
    var all: [Double] = []
    var isWhole = true
    for name in from {
      let text = table.text(name, row)
      if let values = table.numbers(name, row), !values.isEmpty {
        if values.allSatisfy(\.isFinite) {
          all += values
          continue
        }
        add(.notFinite, table.place(row), "'\(name)' is \(values.first { !$0.isFinite }!)")
      } else if let text, !text.isEmpty {
        add(.notANumber, table.place(row), "'\(name)' is '\(text)'")
      } else {
        add(.missingValue, table.place(row), "'\(name)'")
      }
      isWhole = false
    }
    return isWhole ? all : nil
  }
}

extension SurveyedBox {
  /// - Parameter numbers: four, and where there are more, the class.
  init(_ numbers: [Double], _ format: BoxFormat, place: Int) {
    self.numbers = numbers
    self.format = format
    if numbers.count > 4, numbers[4] >= 0, numbers[4] == numbers[4].rounded(), numbers[4] < 1e9 {
      label = String(Int(numbers[4]))
    }
  }
}

extension SampleTable {
  /// A cell as text; nil where a row has none.
  func text(_ name: String, _ row: Int) -> String? {
    switch columns[name] {
    case .text(let texts)?: return texts[row]
    case .numbers(let numbers)?:
      return numbers[row].map { $0.map { StoredNumbers.text($0) }.joined(separator: " ") }
    case .files(let files)?:
      return files[row].flatMap { file in
        (try? file.bytes()).flatMap { String(validating: $0, as: UTF8.self) }
      }.map { String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
    case .stored?: return numbers(name, row).map { $0.map { StoredNumbers.text($0) }.joined(separator: " ") }
    case nil: return nil
    }
  }

  /// A cell as numbers; nil where it is none.
  func numbers(_ name: String, _ row: Int) -> [Double]? {
    switch columns[name] {
    case .numbers(let numbers)?: numbers[row]
    case .stored(let files, let kind)?:
      files[row].flatMap { file in
        (try? ExampleFeature.numbers(file.bytes(), kind, place(row)))?.map(Double.init)
      }
    case .text?, .files?: text(name, row).flatMap(Double.init).map { [$0] }
    case nil: nil
    }
  }
}
