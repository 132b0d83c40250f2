import Tensors

/// Preprocessing and augmentation of the samples of a source, settled: what the loader does to every sample.
///
/// The result for a sample is a pure function of (seed, epoch, sample).
public struct Preparation: Sendable {
  let columns: [Column]
  /// Of each column.
  let arithmetic: [ChannelArithmetic]
  /// What a person should know of the numbers of the source, in a sentence; nil where they are those that are expected.
  public let notice: String?
  /// What stored numbers are multiplied by to become those that are expected.
  package let conversionFactor: Double
  private let augmentations: [Augmentation]
  private let seed: UInt64
  private let views: Int?

  /// - Parameters:
  ///   - source: gives the shape and the kind of number.
  ///   - augmentations: none for evaluation.
  ///   - seed: of the augmentations.
  ///   - views: after how many epochs they begin anew; nil never.
  public init(
    for source: any DataSource, _ preprocessing: Preprocessing = Preprocessing(), augmentations: [Augmentation] = [],
    seed: UInt64 = 0, views: Int? = nil
  ) throws(DataError) {
    self.views = views
    (columns, self.augmentations, self.seed) = (source.columns, augmentations, seed)
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
    let shape = source.shape
    guard augmentations.isEmpty || shape.rank == 3 else {
      throw DataError("augmentation", "samples of shape \(shape) are not images", remedy: "remove the augmentations")
    }
    for case .padCrop(let pixels) in augmentations {
      guard pixels > 0, pixels <= min(shape.height, shape.width) else {
        throw DataError(
          "augmentation.padCrop", "\(pixels) pixels do not suit images of \(shape.height)x\(shape.width)",
          remedy: "give 1 to \(min(shape.height, shape.width))")
      }
    }
  }

  /// Whether every sample stays as it is, whatever the epoch.
  var isPlain: Bool { augmentations.isEmpty }

  /// What the augmentations do to a sample in an epoch.
  func window(epoch: Int, sample: Int) -> Window {
    let view = views.map { epoch % $0 } ?? epoch
    let shape = columns[0].shape
    var window = Window(height: shape.height, width: shape.width)
    for (item, augmentation) in augmentations.enumerated() {
      var random = RandomStream(seed: seed, purpose: .augmentation, item: item, major: view, minor: sample)
      switch augmentation {
      case .padCrop(let pixels):
        let up = random.integer(below: 2 * pixels + 1) - pixels
        window.shift(up: up, left: random.integer(below: 2 * pixels + 1) - pixels)
      case .flip(.horizontal):
        if random.uniform() < 0.5 { window.mirror() }
      }
    }
    return window
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
