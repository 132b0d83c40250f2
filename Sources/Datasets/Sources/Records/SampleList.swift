import Kernels
import Tensors

/// Makes a source of a table: files of images and what is known of them, or, without images, values alone.
///
/// Columns mean what their names say, unless a configuration names others of their kind; so do the names that inputs of
/// the network take. What else nobody names is left out.
enum SampleList {
  private static let edges = ["xmin", "ymin", "xmax", "ymax"]

  static func read(_ table: SampleTable, _ options: SourceOptions) throws(DataError) -> any DataSource {
    let source = try samples(table, options)
    guard let group = options.group else { return source }
    return GroupedSource(source, groups: try table.texts(group))
  }

  private static func samples(_ table: SampleTable, _ options: SourceOptions) throws(DataError) -> any DataSource {
    let (named, hasImages) = columns(of: table, options)
    var parts: [ImageFileSource.Part] = []
    var used = Set([options.group].compactMap(\.self))
    for (name, choice) in named.inOrderOfColumns {
      let from = origin(name, choice, in: table)
      used.formUnion(from)
      guard choice.dataFormat == nil else {
        throw DataError("data.columns.\(name).dataFormat", "is for arrays, not for files", remedy: "remove it")
      }
      switch choice.kind {
      case .image:
        let shape = options.imageShape(of: name, isFirst: parts.isEmpty)
        parts.append(.image(named: name, try table.files(from[0]), shape: shape))
      case .mask, .boxes:
        guard hasImages || options.wantsImage else {
          throw DataError(
            "data.columns.\(name)",
            "is of the kind \(choice.kind.rawValue), but \(table.location) has no images for it",
            remedy: "add a column of images, or remove it")
        }
        parts.append(
          choice.kind == .mask
            ? .masks(choice, named: name, try table.files(from[0]))
            : .boxes(try table.boxes(name, from, choice), BoxReader(format: choice.format ?? .xyxy)))
      case .text:
        let input = options.inputs.first { $0.column == name }
        parts.append(.values(try table.texts(name, from, input?.shape ?? [from.count], input?.form ?? .text)))
      case .category: parts.append(.values(try table.category(name, from[0], choice, known: options.classNames)))
      case .categories, .numbers, .weight: parts.append(.values(try table.values(name, from, choice)))
      }
    }
    let leftOut = table.names.filter { !used.contains($0) }
    let notices = leftOut.isEmpty ? [] : ["\(table.location): left out the columns \(leftOut.joined(separator: ", "))"]
    if named.values.contains(where: { $0.kind == .image }) {
      return try ImageFileSource(
        table.location, parts, resize: options.resize, decoding: options.decoding, lines: table.lines,
        otherColumns: leftOut, notices: notices)
    }
    let values = parts.compactMap { if case .values(let values) = $0 { values } else { nil } }
    guard !values.isEmpty else {
      throw DataError(
        table.location, "has no column 'image', but \(table.names.joined(separator: ", "))",
        remedy: "correct it, or say with 'from' which column is meant")
    }
    return MemorySource(table.location, values, otherColumns: leftOut, notices: notices)
  }

  /// The columns that are made of a table.
  static func columns(
    of table: SampleTable, _ options: SourceOptions
  ) -> (named: [String: ColumnChoice], hasImages: Bool) {
    let own = options.describingInputs { table.columns[$0] != nil && table.usual[$0] == nil }
    var named = table.usual.filter { usual in !own.values.contains { $0.kind == usual.value.kind } }
      .merging(own) { $1 }
    let hasImages = named.values.contains { $0.kind == .image }
    if !hasImages, options.wantsImage { named["image"] = ColumnChoice(.image) }
    return (named, hasImages)
  }

  /// The names of a table's columns that a column is made of.
  static func origin(_ name: String, _ choice: ColumnChoice, in table: SampleTable) -> [String] {
    choice.from ?? (choice.kind == .boxes && table.columns[name] == nil ? edges : [name])
  }

  /// The columns that their names tell.
  static func usual(_ names: Set<String>) -> [String: ColumnChoice] {
    var choices: [String: ColumnChoice] = [:]
    let kinds: KeyValuePairs<String, Column.Kind> = [
      "image": .image, "label": .category, "mask": .mask, "weight": .weight,
    ]
    for (name, kind) in kinds where names.contains(name) { choices[name] = ColumnChoice(kind) }
    if edges.allSatisfy(names.contains) { choices["box"] = ColumnChoice(.boxes) }
    return choices
  }
}
