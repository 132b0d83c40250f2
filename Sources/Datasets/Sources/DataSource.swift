public import Tensors

/// Samples with columns, addressed by position: a file, a folder, or numbers made on the way.
///
/// Sources are read by several threads at once.
public protocol DataSource: Sendable {
  /// Where the samples come from, for messages.
  var location: String { get }
  /// Samples; at least one.
  var count: Int { get }
  /// The columns of every sample; the first is an image, unless there is none.
  var columns: [Column] { get }

  /// Bytes of samples that stay in memory once all have been read.
  var bytesInMemory: Int { get }

  /// Names of what else the data has, which nobody has asked for.
  var otherColumns: [String] { get }

  /// What a person should know of the data, in a sentence each, such as what of a folder was left out.
  var notices: [String] { get }

  /// Whether images and labels are random numbers, there to measure speed with.
  var isRandom: Bool { get }

  /// What a sample is called, such as its file; nil where nothing says it.
  func name(of index: Int) -> String?

  /// The number of the group that a sample belongs to, such as a patient; nil where nothing says it.
  func group(of index: Int) -> Int?

  /// One number of a column that is not a picture, without reading the sample's pictures.
  func number(_ place: Int, of column: Int, at index: Int) -> Double

  /// A sample as it is stored.
  func stored(_ index: Int) throws(DataError) -> StoredSample

  /// The bytes of a sample as they are stored.
  func storedBytes(_ index: Int) throws(DataError) -> [UInt8]

  /// Whether samples, but not their number and their classes, differ from epoch to epoch. Then none are kept in memory,
  /// and `begin` is called.
  var changesWithEpochs: Bool { get }

  /// Prepares for an epoch, counted from 0: called on every rank before the first of its samples is read and after the
  /// last of the one before. A run that is resumed begins with the epoch that it is in, so whatever is done must follow
  /// from its number.
  func begin(epoch: Int)

  /// Reads the wanted columns of one sample, as they are in an epoch, counted from 0.
  ///
  /// - Parameter sample: of this source's columns; has memory for those that are wanted.
  func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError)
}

extension DataSource {
  public var bytesInMemory: Int { 0 }

  public var otherColumns: [String] { [] }

  public var notices: [String] { [] }

  public var isRandom: Bool { false }

  public var changesWithEpochs: Bool { false }

  public func begin(epoch: Int) {}

  public func name(of index: Int) -> String? { nil }

  public func group(of index: Int) -> Int? { nil }

  public func stored(_ index: Int) throws(DataError) -> StoredSample { StoredSample(size: pictureSize) }

  /// Those of the pictures.
  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try pictures(index) }

  /// The bytes of all pictures of a sample, one after the other.
  public func pictures(_ index: Int) throws(DataError) -> [UInt8] {
    try bytes(of: columns.indices.filter { columns[$0].kind.isPicture }, at: index)
  }

  /// The bytes of some columns of a sample, one after the other.
  public func bytes(of positions: [Int], at index: Int) throws(DataError) -> [UInt8] {
    var sample = Sample(columns, ColumnSet(positions))
    try read(index, epoch: 0, ColumnSet(positions), into: &sample)
    return positions.flatMap(sample.bytes)
  }

  /// Bytes of the pictures of one sample.
  var pictureSize: Int { columns.reduce(0) { $0 + ($1.kind.isPicture ? $1.size : 0) } }
}

// The first image, and the class or classes of it, for those who want nothing else.
extension DataSource {
  /// Whether samples have an image; otherwise the first column is another one.
  public var hasImage: Bool { columns[0].kind == .image }

  /// The shape of every image: (H, W, C).
  public var shape: Shape { columns[0].shape }
  public var element: SampleElement { columns[0].element }

  /// Bytes of one image.
  public var sampleSize: Int { columns[0].size }

  /// One image as bytes.
  public func sample(_ index: Int) throws(DataError) -> [UInt8] {
    var sample = Sample(columns, ColumnSet([0]))
    try read(index, epoch: 0, ColumnSet([0]), into: &sample)
    return sample.bytes(of: 0)
  }

  /// The column of classes; nil where samples have none.
  public var labelColumn: Int? { columns.firstIndex { $0.kind.isLabel } }

  /// Names of the classes by label; empty when nothing says them.
  public var classNames: [String] { labelColumn.map { columns[$0].classNames } ?? [] }

  /// How many labels each sample of multi-label data has, each there or not; nil where every sample is of one class.
  public var labelCount: Int? {
    labelColumn.flatMap { columns[$0].kind == .categories ? columns[$0].shape.count : nil }
  }

  /// The class of a sample, counted from 0; of multi-label data the first that is there. 0 where samples have none.
  public func label(at index: Int) -> Int {
    guard let column = labelColumn else { return 0 }
    if columns[column].kind == .category { return Int(number(0, of: column, at: index)) }
    return (0..<columns[column].shape.count).first { number($0, of: column, at: index) == 1 } ?? 0
  }

  /// Whether a sample has a label.
  public func hasLabel(_ label: Int, at index: Int) -> Bool {
    guard let column = labelColumn else { return false }
    if columns[column].kind == .category { return Int(number(0, of: column, at: index)) == label }
    return number(label, of: column, at: index) == 1
  }

  /// Refuses a label that a network for `classes` classes cannot learn.
  func checkLabels(classes: Int) throws(DataError) {
    guard labelColumn != nil else { return }
    for index in 0..<count where !(0..<classes).contains(label(at: index)) {
      throw DataError(
        location,
        "sample \(index) has label \(label(at: index)), but the network has \(classes) classes, 0 to \(classes - 1)",
        remedy: "correct the label or give the network as many outputs as there are classes")
    }
  }
}
