import Tensors

/// Arrays that hold samples: `images` (N, ...), where a network takes some; their classes, `labels` (N) or (N, 1), or,
/// of multi-label data, 0 and 1 in `labels` (N, K); and whatever arrays else the configuration names as columns.
///
/// Pictures are read one by one, whenever they are wanted; all else is in memory.
struct ArraySource: DataSource {
  let location: String
  let columns: [Column]
  let otherColumns: [String]
  let notices: [String]
  let count: Int
  private let parts: [Part]

  private enum Part {
    case pictures(any SampleArray, MaskReader?)
    case values(ColumnValues)
  }

  /// Opens arrays and checks their shapes, labels and boxes.
  ///
  /// Bytes stay bytes, other numbers become floats. Byte images without channels, (N, H, W), are grey ones.
  ///
  /// - Parameter options: what arrays mean, by the names of the columns; those of images and labels say it themselves.
  init(_ group: some ArrayGroup, _ options: SourceOptions = SourceOptions()) throws(DataError) {
    var reader = try ArrayColumns(group)
    let (named, notices) = try ArraySource.columns(of: group, reader, options)
    if let (name, choice) = named.inOrderOfColumns.first { try reader.countRows(choice.from?.first ?? name) }
    var parts: [(column: Column, part: Part)] = []
    for (name, choice) in named.inOrderOfColumns {
      let from = choice.from?.first ?? name
      switch choice.kind {
      case .image:
        let (column, array) = try reader.images(name, from, choice)
        parts.append((column, .pictures(array, nil)))
      case .mask:
        let (column, array) = try reader.masks(name, from, choice, of: parts.first?.column.shape)
        parts.append((column, .pictures(array, MaskReader(choice))))
      default:
        let values = try reader.values(name, from, choice, of: parts.first?.column.shape)
        parts.append((values.column, .values(values)))
      }
    }
    guard !parts.isEmpty, reader.count > 0 else {
      throw DataError(group.location, "holds no samples for the network", remedy: "name its arrays in 'data.columns'")
    }
    (location, columns, self.parts) = (group.location, parts.map(\.column), parts.map(\.part))
    (count, self.notices) = (reader.count, notices)
    let used = Set(named.flatMap { $1.from ?? [$0] })
    otherColumns = try group.names.filter { !used.contains($0) }
  }

  /// The columns that are made of a group, and what a person should know of that.
  static func columns(
    of group: any ArrayGroup, _ reader: ArrayColumns, _ options: SourceOptions
  ) throws(DataError) -> (named: [String: ColumnChoice], notices: [String]) {
    let usual = group.usualNames
    let choices = options.describingInputs(group.contains)
    var (named, notices) = (choices, [String]())
    let wantsImage = options.inputs.isEmpty || options.wantsImage || group.contains(usual.images)
    if wantsImage, !choices.values.contains(where: { $0.kind == .image }) {
      try reader.require(usual.images)
      named["image"] = ColumnChoice(.image, from: [usual.images])
    }
    let hasLabels = choices.isEmpty || group.contains(usual.labels)
    if hasLabels, !choices.values.contains(where: { $0.kind.isLabel }), named["label"] == nil {
      let kind = try reader.labelKind(usual.labels)
      named["label"] = ColumnChoice(kind, from: [usual.labels])
      if kind == .categories, try reader.isOneHot(usual.labels) {
        notices.append(
          "\(group.location): '\(usual.labels)' has one 1 in every row and is taken for multi-label; where it is "
            + "one-hot, say 'data.columns: {label: {kind: category, from: \(usual.labels)}}'")
      }
    }
    return (named, notices)
  }

  var bytesInMemory: Int {
    parts.reduce(0) { if case .values(let values) = $1 { $0 + values.bytesInMemory } else { $0 } }
  }

  /// The same samples in memory.
  func inMemory() throws(DataError) -> MemorySource {
    var values: [ColumnValues] = []
    for (column, part) in zip(columns, parts) {
      switch part {
      case .values(let own): values.append(own)
      case .pictures(let array, let masks):
        let bytes = try array.bytes(as: column.element)
        if let masks {
          for index in 0..<count {
            try masks.check(bytes[index * column.size..<(index + 1) * column.size], place(index, column))
          }
        }
        values.append(ColumnValues(column, bytes: bytes))
      }
    }
    return MemorySource(location, values, otherColumns: otherColumns, notices: notices)
  }

  func number(_ place: Int, of column: Int, at index: Int) -> Double {
    guard case .values(let values) = parts[column] else { preconditionFailure("pictures are read") }
    return values.number(place, at: index)
  }

  func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    for (position, part) in parts.enumerated() where wanted.contains(position) {
      switch part {
      case .values(let values): values.read(index, into: &sample, position)
      case .pictures(let array, let masks):
        try sample.write(position) { (target) throws(DataError) in
          try unsafe target.withUnsafeMutableBytes { (target) throws(DataError) in
            try unsafe array.read(index..<index + 1, as: columns[position].element, into: target)
          }
        }
        try masks?.check(sample.bytes(of: position)[...], place(index, columns[position]))
      }
    }
  }

  private func place(_ index: Int, _ column: Column) -> String { "\(location), '\(column.name)' of sample \(index)" }
}

extension [String: ColumnChoice] {
  /// Images first, of which the one called `image`, then the class, then the others, by name.
  var inOrderOfColumns: [(name: String, choice: ColumnChoice)] {
    func rank(_ name: String, _ kind: Column.Kind) -> Int {
      kind == .image ? (name == "image" ? 0 : 1) : kind.isLabel ? 2 : 3
    }
    return map { ($0.key, $0.value) }.sorted { (rank($0.0, $0.1.kind), $0.0) < (rank($1.0, $1.1.kind), $1.0) }
  }
}
