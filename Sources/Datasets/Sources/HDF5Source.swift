import HDF5
import Tensors

/// The group of an HDF5 file that holds samples: `images` (N, ...), where a network takes some; their classes, `labels`
/// (N) or (N, 1), or, of multi-label data, 0 and 1 in `labels` (N, K); and whatever datasets else the configuration
/// names as columns. The attribute `class_names` of the group is optional.
///
/// Pictures are read from the file one by one, whenever they are wanted; all else is in memory.
struct HDF5Source: DataSource {
  let location: String
  let columns: [Column]
  let otherColumns: [String]
  private let parts: [Part]

  private enum Part {
    case pictures(Dataset, MaskReader?)
    case values(ColumnValues)
  }

  /// Opens a group and checks its shapes, labels and boxes.
  ///
  /// Bytes stay bytes, other numbers become floats. Byte images without channels, (N, H, W), are grey ones.
  ///
  /// - Parameter options: what datasets mean, by the names of the columns; `images` and `labels` say it themselves.
  init(_ path: String, group name: String, _ options: SourceOptions = SourceOptions()) throws(DataError) {
    let location = "\(path):\(name)"
    let group = try HDF5Source.reading { () throws(HDF5Error) in
      let root = try File(reading: path).root
      return name == "/" ? root : try root.group(name)
    }
    var reader = try HDF5Columns(group, location)
    let choices = options.describingInputs(reader.contains)
    var named = choices
    let wantsImage = options.inputs.isEmpty || options.wantsImage || reader.contains("images")
    if wantsImage, !choices.values.contains(where: { $0.kind == .image }) {
      try reader.require("images")
      named["image"] = ColumnChoice(.image, from: ["images"])
    }
    let hasLabels = choices.isEmpty || reader.contains("labels")
    if hasLabels, !choices.values.contains(where: { $0.kind.isLabel }), named["label"] == nil {
      named["label"] = try ColumnChoice(reader.labelKind("labels"), from: ["labels"])
    }
    if let (name, choice) = named.inOrderOfColumns.first { try reader.countRows(choice.from?.first ?? name) }
    var parts: [(column: Column, part: Part)] = []
    for (name, choice) in named.inOrderOfColumns {
      let from = choice.from?.first ?? name
      switch choice.kind {
      case .image:
        let (column, dataset) = try reader.images(name, from)
        parts.append((column, .pictures(dataset, nil)))
      case .mask:
        let (column, dataset) = try reader.masks(name, from, choice, of: parts.first?.column.shape)
        parts.append((column, .pictures(dataset, MaskReader(choice))))
      default:
        let values = try reader.values(name, from, choice, of: parts.first?.column.shape)
        parts.append((values.column, .values(values)))
      }
    }
    guard !parts.isEmpty, reader.count > 0 else {
      throw DataError(location, "holds no samples for the network", remedy: "name its datasets in 'data.columns'")
    }
    (self.location, columns, self.parts) = (location, parts.map(\.column), parts.map(\.part))
    count = reader.count
    let used = Set(named.flatMap { $1.from ?? [$0] })
    otherColumns = try HDF5Source.reading { () throws(HDF5Error) in try group.names() }.filter { !used.contains($0) }
  }

  let count: Int

  var bytesInMemory: Int {
    parts.reduce(0) { if case .values(let values) = $1 { $0 + values.bytesInMemory } else { $0 } }
  }

  /// The same samples in memory.
  func inMemory() throws(DataError) -> MemorySource {
    var values: [ColumnValues] = []
    for (column, part) in zip(columns, parts) {
      switch part {
      case .values(let own): values.append(own)
      case .pictures(let dataset, let masks):
        let bytes = try all(dataset, column)
        if let masks {
          for index in 0..<count {
            try masks.check(bytes[index * column.size..<(index + 1) * column.size], place(index, column))
          }
        }
        values.append(ColumnValues(column, bytes: bytes))
      }
    }
    return MemorySource(location, values, otherColumns: otherColumns)
  }

  func number(_ place: Int, of column: Int, at index: Int) -> Double {
    guard case .values(let values) = parts[column] else { preconditionFailure("pictures are read") }
    return values.number(place, at: index)
  }

  func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    for (position, part) in parts.enumerated() where wanted.contains(position) {
      switch part {
      case .values(let values): values.read(index, into: &sample, position)
      case .pictures(let dataset, let masks):
        try sample.write(position) { (target) throws(DataError) in
          try unsafe target.withUnsafeMutableBytes { (target) throws(DataError) in
            try unsafe HDF5Source.read(dataset, columns[position].element, rows: index..<index + 1, into: target)
          }
        }
        try masks?.check(sample.bytes(of: position)[...], place(index, columns[position]))
      }
    }
  }

  private func place(_ index: Int, _ column: Column) -> String { "\(location), '\(column.name)' of sample \(index)" }

  private func all(_ dataset: Dataset, _ column: Column) throws(DataError) -> [UInt8] {
    let size = count * column.size
    var result: Result<Void, DataError> = .success(())
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { memory, initialized in
      result = Result { () throws(DataError) in
        try unsafe HDF5Source.read(
          dataset, column.element, rows: nil,
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[..<size]))
      }
      initialized = size
    }
    try result.get()
    return bytes
  }

  /// Rows of a dataset, or all of them, in the form of an element.
  private static func read(
    _ dataset: Dataset, _ element: SampleElement, rows: Range<Int>?, into memory: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    try reading { () throws(HDF5Error) in
      switch element {
      case .byte: try unsafe dataset.read(rows: rows, into: memory.bindMemory(to: UInt8.self))
      case .float: try unsafe dataset.read(rows: rows, into: memory.bindMemory(to: Float.self))
      }
    }
  }

  static func reading<Result>(_ body: () throws(HDF5Error) -> Result) throws(DataError) -> Result {
    do {
      return try body()
    } catch {
      throw DataError(error)
    }
  }
}

extension DataError {
  init(_ error: HDF5Error) { self.init(sentence: "\(error.file): \(error.problem)") }
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
