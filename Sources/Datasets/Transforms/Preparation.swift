public import Tensors

/// Preprocessing and transforms of the samples of a source, settled: what the loader does to every sample. Transforms
/// see numbers as they are stored, preprocessing comes last.
///
/// The result for a sample is a pure function of (seed, epoch, sample).
public struct Preparation: Sendable {
  /// Those of the source.
  let stored: [Column]
  /// What enters the lanes.
  public let columns: [Column]
  /// Of each column.
  let arithmetic: [ChannelArithmetic]
  /// What a person should know of the numbers of the source, in a sentence; nil where they are those that are expected.
  public let notice: String?
  /// What stored numbers are multiplied by to become those that are expected.
  package let conversionFactor: Double
  /// Transforms that make new samples, and the columns before each of them.
  private let steps: [(transform: any SampleTransform, columns: [Column])]
  /// Transforms behind them, which only say what is seen of the result.
  private let windows: [any WindowTransform]
  private let seed: UInt64
  private let views: Int?

  /// - Parameters:
  ///   - source: gives the shape and the kind of number.
  ///   - augmentations: none for evaluation.
  ///   - transforms: behind the augmentations; none for evaluation.
  ///   - seed: of both.
  ///   - views: after how many epochs they begin anew; nil never.
  public init(
    for source: any DataSource, _ preprocessing: Preprocessing = Preprocessing(), augmentations: [Augmentation] = [],
    transforms: [TransformChoice] = [], seed: UInt64 = 0, views: Int? = nil
  ) throws(DataError) {
    (stored, self.views, self.seed) = (source.columns, views, seed)
    let mode = preprocessing.mode
    guard mode == nil || preprocessing.scale == nil && preprocessing.standardize == nil else {
      throw DataError(
        "preprocessing", "has a mode besides 'scale' or 'standardize', so that images would be prepared twice",
        remedy: "remove one of them")
    }
    for column in source.columns where column.kind == .image && mode != nil && mode != Preprocessing.Mode.none {
      guard column.shape.channels == 3 else {
        throw DataError(
          "preprocessing.mode",
          "'\(mode!.rawValue)' is for images of three channels, but samples have the shape \(column.shape)",
          remedy: "use 'scale' and 'standardize'")
      }
    }
    let conversion =
      try preprocessing.expected.map { (expected) throws(DataError) in
        try NumberConversion(of: source, to: expected)
      } ?? NumberConversion()
    (notice, conversionFactor) = (conversion.notice, conversion.factor)
    let element = preprocessing.expected?.element ?? source.element
    let scale = mode?.arithmetic.scale ?? preprocessing.scale ?? (element == .byte ? 1 / 255.0 : 1)
    let standard =
      mode?.arithmetic.standardization ?? preprocessing.standardize ?? Standardization(mean: [0], deviation: [1])
    arithmetic = try source.columns.map { (column) throws(DataError) in
      let channels = column.shape.channels
      guard column.kind == .image else { return ChannelArithmetic(channels: channels) }
      let mean = try Preparation.perChannel(standard.mean, channels, "preprocessing.standardize.mean")
      let deviation = try Preparation.perChannel(standard.deviation, channels, "preprocessing.standardize.deviation")
      guard scale.isFinite, mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
        throw DataError(
          "preprocessing", "scale and means must be finite and deviations greater than 0",
          remedy: "correct the numbers")
      }
      return ChannelArithmetic(
        factors: deviation.map { Float(scale * conversion.factor / $0) },
        offsets: zip(mean, deviation).map { Float(-$0 / $1) }, reversesChannels: mode?.reversesChannels ?? false)
    }
    let all = augmentations.map(\.transform) + transforms.map(\.transform)
    (steps, windows, columns) = try Preparation.settle(all, source.columns)
  }

  /// The shape of a source's images behind transforms.
  package static func shape(
    of source: any DataSource, behind augmentations: [Augmentation], _ transforms: [TransformChoice]
  ) throws(DataError) -> Shape {
    try settle(augmentations.map(\.transform) + transforms.map(\.transform), source.columns).2[0].shape
  }

  /// The shape of the images that enter the network.
  public var shape: Shape { columns[0].shape }

  /// Transforms that make new samples, those that only move what is seen behind them, and the columns in the end.
  private static func settle(
    _ transforms: [any Transform], _ stored: [Column]
  ) throws(DataError) -> ([(any SampleTransform, [Column])], [any WindowTransform], [Column]) {
    guard !transforms.isEmpty else { return ([], [], stored) }
    let pictures = stored.filter { $0.kind.isPicture }
    if let other = pictures.first(where: { ImageSize($0.shape) != ImageSize(pictures[0].shape) }) {
      throw DataError(
        "transforms", "'\(other.name)' is \(other.shape), but '\(pictures[0].name)' is \(pictures[0].shape)",
        remedy: "give pictures of one size, or remove the transforms")
    }
    let end = transforms.lastIndex { !($0 is any WindowTransform) }.map { $0 + 1 } ?? 0
    var columns = stored
    if end > 0 {
      for place in columns.indices where columns[place].kind == .image { columns[place].element = .float }
    }
    var (steps, windows): ([(any SampleTransform, [Column])], [any WindowTransform]) = ([], [])
    for (place, transform) in transforms.enumerated() {
      let before = columns
      columns = try transform.columns(after: columns)
      if place >= end {
        windows.append(transform as! any WindowTransform)
      } else if let step = transform as? any SampleTransform {
        steps.append((step, before))
      } else {
        let name = type(of: transform).kerasName
        throw DataError(
          "transforms",
          "\(name) comes before \(type(of: transforms[end - 1]).kerasName), but its border is of what "
            + "enters the network", remedy: "put \(name) last")
      }
    }
    return (steps, windows, columns)
  }

  /// Whether every sample stays as it is, whatever the epoch.
  var isPlain: Bool { steps.isEmpty && windows.isEmpty }

  /// Whether transforms make new samples.
  var makesSamples: Bool { !steps.isEmpty }

  /// Memory for the samples between the transforms.
  func makeSteps(_ wanted: ColumnSet) -> [Sample] { steps.map { Sample($0.columns, wanted) } }

  /// What the transforms make of a stored sample.
  ///
  /// - Parameter between: of `makeSteps`.
  func transform(
    _ sample: Sample, _ between: inout [Sample], into output: inout Sample, epoch: Int, index: Int
  ) {
    for column in stored.indices where sample.holds(column) { between[0].copyAsFloats(column, from: sample) }
    for (place, step) in steps.enumerated() {
      var random = stream(place, epoch: epoch, sample: index)
      if place + 1 < steps.count {
        step.transform.apply(to: between[place], into: &between[place + 1], random: &random)
      } else {
        step.transform.apply(to: between[place], into: &output, random: &random)
      }
    }
  }

  /// What is seen of a sample in an epoch.
  func window(epoch: Int, sample: Int) -> Window {
    let shape = columns[0].shape
    var window = Window(height: shape.height, width: shape.width)
    for (place, transform) in windows.enumerated() {
      var random = stream(steps.count + place, epoch: epoch, sample: sample)
      transform.change(&window, random: &random)
    }
    return window
  }

  /// Moves boxes to where a window shows what they are around.
  func moveBoxes(of sample: inout Sample, _ window: Window) {
    guard !windows.isEmpty else { return }
    let size = ImageSize(columns[0].shape)
    for (position, column) in columns.enumerated() where column.kind == .boxes && sample.holds(position) {
      sample.moveBoxes(position, window.map, from: size, to: size)
    }
  }

  /// - Parameter place: among the transforms.
  private func stream(_ place: Int, epoch: Int, sample: Int) -> RandomStream {
    let view = views.map { epoch % $0 } ?? epoch
    return RandomStream(seed: seed, purpose: .augmentation, item: place, major: view, minor: sample)
  }

  private static func perChannel(_ values: [Double], _ channels: Int, _ name: String) throws(DataError) -> [Double] {
    guard values.count == 1 || values.count == channels else {
      throw DataError(
        name, "has \(values.count) numbers for samples of \(channels) channels",
        remedy: "give one for each channel, or one for all")
    }
    return values.count == 1 ? Array(repeating: values[0], count: channels) : values
  }
}
