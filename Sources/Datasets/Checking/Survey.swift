import Tensors

/// A split of the data as it is noted down: what its samples are made of, and what is wrong with them as far as it can
/// be told without decoding. Nothing is refused, so that all that is wrong is found at once.
package struct Survey: Sendable {
  /// `train`, `validation`, `test`.
  package var split: String
  package let location: String
  package internal(set) var faults: [DataFault] = []
  var samples: [SurveyedSample] = []
  /// Classes that have a folder or a name, also those without samples.
  package internal(set) var classNames: [String] = []
  /// Whether samples have classes.
  var hasLabels = false
  var masks: ColumnChoice?
  var decoding = ImageDecoding()
  /// The size that the model takes, where images are not resized to it.
  var wantedSize: (height: Int, width: Int)?
  /// Columns of numbers, by name, a row for each sample.
  var numbers: [(name: String, values: [[Double]])] = []
  /// Whether files were named by a list, whose folders may hold others.
  var isList = false
  /// Whether every sample is to have boxes from a file of its own.
  var hasAnnotations = false

  init(_ split: String, _ location: String, _ options: SourceOptions) {
    (self.split, self.location, decoding) = (split, location, options.decoding)
    if !options.resize, let shape = options.imageShape(of: "image"), shape.rank == 3 {
      wantedSize = (shape.height, shape.width)
    }
  }

  package var count: Int { samples.count }

  mutating func add(_ kind: FindingKind, _ file: String, _ detail: String = "") {
    faults.append(DataFault(kind, file, detail))
  }

  /// The classes, those with names first.
  var allClasses: [String] {
    var names = classNames
    var known = Set(names)
    for label in Set(samples.flatMap { $0.labels ?? [] }).sorted(by: Survey.precedes) where !known.contains(label) {
      names.append(label)
      known.insert(label)
    }
    return names
  }

  /// Numbers by size, names in the order of their bytes.
  private static func precedes(_ first: String, _ second: String) -> Bool {
    if let a = Int(first), let b = Int(second) { return a < b }
    return first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  /// Samples of each class, in the order of the classes.
  package var classCounts: [(name: String, count: Int)] {
    var counts: [String: Int] = [:]
    for label in samples.lazy.flatMap({ $0.labels ?? [] }) { counts[label, default: 0] += 1 }
    return allClasses.map { ($0, counts[$0] ?? 0) }
  }

  package func name(of sample: Int) -> String { samples[sample].name }

  /// Its samples as a source of labels and groups, to be cut into parts as training does it.
  package var outline: any DataSource {
    let classes = allClasses
    let numbers = Dictionary(classes.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    let labels = samples.map { sample in (sample.labels?.first).flatMap { numbers[$0] } ?? 0 }
    let positions = Column("position", .category, .float, shape: [1])
    let source = MemorySource(
      location,
      [ColumnValues(.label(), integers: labels), ColumnValues(positions, integers: samples.indices.map(Int32.init))])
    guard samples.contains(where: { $0.group != nil }) else { return source }
    return GroupedSource(source, groups: samples.map { $0.group ?? "" })
  }

  /// The samples of a part of the outline.
  package func part(_ outline: any DataSource, named split: String) -> Survey {
    var part = self
    part.split = split
    let chosen = (0..<outline.count).map { Int(outline.number(0, of: 1, at: $0)) }
    part.samples = chosen.map { samples[$0] }
    part.numbers = numbers.map { ($0.name, chosen.map { [values = $0.values] in values[$0] }) }
    // What is wrong with the whole is said once.
    if split != "train" { part.faults = [] }
    return part
  }
}
