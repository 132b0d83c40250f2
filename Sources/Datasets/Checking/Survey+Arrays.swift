import Tensors

/// Arrays of HDF5 and NumPy.
extension Survey {
  mutating func list(_ group: any ArrayGroup, _ options: SourceOptions) throws(DataError) {
    var reader = try ArrayColumns(group)
    let (named, _) = try ArraySource.columns(of: group, reader, options)
    guard let (first, choice) = named.inOrderOfColumns.first else {
      throw DataError(group.location, "holds no samples", remedy: "name its arrays in 'data.columns'")
    }
    try reader.countRows(choice.from?.first ?? first)
    samples = (0..<reader.count).map { SurveyedSample(name: "\(group.location), sample \($0)") }
    var image: Shape?
    for (name, choice) in named.inOrderOfColumns {
      let from = choice.from?.first ?? name
      do throws(DataError) {
        switch choice.kind {
        case .image:
          let (column, array) = try reader.images(name, from, choice)
          guard image == nil else { continue }
          image = column.shape
          for row in samples.indices { samples[row].picture = .row(array, row, column) }
        case .mask:
          masks = choice
          let (column, array) = try reader.masks(name, from, choice, of: image)
          for row in samples.indices { samples[row].mask = .row(array, row, column) }
        case .category, .categories: try listLabels(group, from, choice)
        case .boxes: try listBoxes(try group.array(from), choice)
        case .numbers, .weight: try listNumbers(try group.array(from), name, choice.kind)
        case .text: break
        }
      } catch {
        add(.unusableData, group.location, error.problem(of: group.location))
      }
    }
    if let name = options.group, group.contains(name) {
      for (row, group) in try reader.groups(name, count: reader.count).enumerated() { samples[row].group = group }
    } else if let name = options.group, split == "train" {
      add(.missingColumn, group.location, "'\(name)', to group by")
    }
  }

  private func requireRows(_ array: any SampleArray, _ name: String) throws(DataError) {
    guard array.shape.first == samples.count, (1...3).contains(array.shape.count) else {
      throw DataError(
        location, "\(name) has shape \(array.shape) for \(samples.count) samples",
        remedy: "store one row for each sample")
    }
  }

  private mutating func listLabels(_ group: any ArrayGroup, _ from: String, _ choice: ColumnChoice) throws(DataError) {
    let array = try group.array(from)
    try requireRows(array, "'\(from)'")
    let named = try group.classNames
    let names = choice.classNames ?? named
    (hasLabels, classNames) = (true, names)
    func label(_ number: Int) -> String { names.indices.contains(number) ? names[number] : String(number) }
    let (values, width) = (try array.floats(), array.rowCount)
    guard width > 1 || array.numbers != .reals || values.contains(where: { $0 != $0.rounded() }) else {
      throw DataError(
        location, "'\(from)' holds elements of type \(array.typeName)", remedy: "store class numbers as integers")
    }
    if width == 1 {
      for row in samples.indices {
        let value = values[row]
        let isClass = value >= 0 && value == value.rounded() && (names.isEmpty || value < Float(names.count))
        guard isClass, value < 1e9 else {
          add(
            value.isFinite ? .labelOutOfRange : .notFinite, samples[row].name,
            "'\(from)' is \(StoredNumbers.text(Double(value)))")
          continue
        }
        samples[row].labels = [label(Int(value))]
      }
      return
    }
    let rows = samples.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
    let oneHot = rows.count { row in row.count { $0 == 1 } == 1 && row.allSatisfy { $0 == 0 || $0 == 1 } }
    // Rows of which nearly all have one 1 are meant so.
    let isOneHot = choice.kind == .category || oneHot * 20 >= rows.count * 19
    for (index, row) in rows.enumerated() {
      let places = row.indices.filter { row[$0] == 1 }
      if let wrong = row.first(where: { $0 != 0 && $0 != 1 }) {
        add(
          isOneHot ? .notOneHot : .notBinary, samples[index].name,
          "'\(from)' holds \(StoredNumbers.text(Double(wrong)))")
      } else if isOneHot, places.count != 1 {
        add(.notOneHot, samples[index].name, "'\(from)' has \(places.count) times a 1")
      }
      samples[index].labels = places.map(label)
    }
  }

  private mutating func listBoxes(_ array: any SampleArray, _ choice: ColumnChoice) throws(DataError) {
    try requireRows(array, "the array of boxes")
    guard array.shape.count > 1, array.shape.last! >= 4 else {
      throw DataError(
        location, "boxes have shape \(array.shape)",
        remedy: "store (N, 4), a box for each image, or (N, boxes, 4), with rows of 0 where an image has fewer")
    }
    let (values, width, count) = (try array.floats(), array.shape.last!, array.rowCount)
    for row in samples.indices {
      samples[row].boxes = stride(from: row * count, to: (row + 1) * count, by: width).compactMap { start in
        let numbers = values[start..<start + width].map(Double.init)
        // A row that no box needs; but where every image has one, there is no such row.
        let isNone = array.shape.count == 3 && numbers.allSatisfy { $0 == 0 }
        return isNone ? nil : SurveyedBox(numbers, choice.format ?? .xyxy, place: width)
      }
    }
    noteBoxClasses()
  }

  private mutating func listNumbers(
    _ array: any SampleArray, _ name: String, _ kind: Column.Kind
  ) throws(DataError) {
    try requireRows(array, "'\(name)'")
    let (values, width) = (try array.floats(), array.rowCount)
    let rows = samples.indices.map { values[$0 * width..<($0 + 1) * width].map(Double.init) }
    for (index, row) in rows.enumerated() {
      if let wrong = row.first(where: { !$0.isFinite }) {
        add(.notFinite, samples[index].name, "'\(name)' is \(wrong)")
      } else if kind == .weight, row.contains(where: { $0 < 0 }) {
        add(.negativeWeight, samples[index].name, "'\(name)' is \(StoredNumbers.text(row.min()!))")
      }
    }
    if kind == .numbers { numbers.append((name, rows.map { $0.allSatisfy(\.isFinite) ? $0 : [] })) }
  }
}
