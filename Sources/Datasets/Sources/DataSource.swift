public import Tensors

/// Labelled samples of one shape, addressed by position: a file, a folder, or numbers made on the way.
///
/// Sources are read by several threads at once.
public protocol DataSource: Sendable {
  /// Where the samples come from, for messages.
  var location: String { get }
  /// Samples; at least one.
  var count: Int { get }
  /// The shape of every sample: (H, W, C) for images.
  var shape: Shape { get }
  var element: SampleElement { get }
  /// Names of the classes by label; empty when nothing says them.
  var classNames: [String] { get }

  /// Bytes of samples that stay in memory once all have been read.
  var bytesInMemory: Int { get }

  /// What a person should know of the data, in a sentence each, such as what of a folder was left out.
  var notices: [String] { get }

  /// Whether images and labels are random numbers, there to measure speed with.
  var isRandom: Bool { get }

  /// How many labels each sample of multi-label data has, each there or not; nil where every sample is of one class.
  var labelCount: Int? { get }

  /// The class of a sample, counted from 0; of multi-label data the first that is there.
  func label(at index: Int) -> Int

  /// Whether a sample of multi-label data has a label.
  func hasLabel(_ label: Int, at index: Int) -> Bool

  /// What a sample is called, such as its file; nil where nothing says it.
  func name(of index: Int) -> String?

  /// A sample as it is stored.
  func stored(_ index: Int) throws(DataError) -> StoredSample

  /// The bytes of a sample as they are stored.
  func storedBytes(_ index: Int) throws(DataError) -> [UInt8]

  /// Writes one sample as it is in an epoch, counted from 0.
  func read(_ index: Int, epoch: Int, into target: inout MutableRawSpan) throws(DataError)

  /// Writes one sample, row-major with channels last.
  ///
  /// - Parameter target: `[shape.count, element.size].saturatedProduct` bytes, aligned for floats.
  func read(_ index: Int, into target: inout MutableRawSpan) throws(DataError)
}

extension DataSource {
  public var bytesInMemory: Int { 0 }

  public var notices: [String] { [] }

  public var isRandom: Bool { false }

  public var labelCount: Int? { nil }

  public func hasLabel(_ label: Int, at index: Int) -> Bool { self.label(at: index) == label }

  public func name(of index: Int) -> String? { nil }

  public func stored(_ index: Int) throws(DataError) -> StoredSample { StoredSample(size: sampleSize) }

  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try sample(index) }

  /// The same in every epoch.
  public func read(_ index: Int, epoch: Int, into target: inout MutableRawSpan) throws(DataError) {
    try read(index, into: &target)
  }

  /// Bytes of one sample.
  public var sampleSize: Int { shape.count * element.size }

  /// One sample as bytes.
  public func sample(_ index: Int) throws(DataError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: sampleSize)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    try read(index, into: &raw)
    return bytes
  }

  /// Refuses a label that a network for `classes` classes cannot learn.
  func checkLabels(classes: Int) throws(DataError) {
    for index in 0..<count where !(0..<classes).contains(label(at: index)) {
      throw DataError(
        location,
        "sample \(index) has label \(label(at: index)), but the network has \(classes) classes, 0 to \(classes - 1)",
        remedy: "correct the label or give the network as many outputs as there are classes")
    }
  }
}
