import Kernels
public import Tensors

/// Preprocessing and transforms of the samples of a source, settled: what the loader does to every sample. Transforms
/// see numbers as they are stored, preprocessing comes last.
///
/// The result for a sample is a pure function of (seed, epoch, sample). The first image is transformed with its mask
/// and boxes, every other image by draws of its own, as by calls of their own in Keras; see `TransformGroup`.
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
  private let groups: [TransformGroup]
  /// The group of each column.
  private let groupOfColumn: [Int]
  /// Samples of the source, of which partners are drawn.
  private let count: Int
  private let seed: UInt64
  private let views: Int?

  /// - Parameters:
  ///   - source: gives the shape and the kind of number.
  ///   - augmentations: none for evaluation.
  ///   - transforms: behind the augmentations; none for evaluation.
  ///   - together: for images, the other image whose draws they share.
  ///   - seed: of both.
  ///   - views: after how many epochs they begin anew; nil never.
  public init(
    for source: any DataSource, _ preprocessing: Preprocessing = Preprocessing(), augmentations: [Augmentation] = [],
    transforms: [TransformChoice] = [], together: [String: String] = [:], seed: UInt64 = 0, views: Int? = nil
  ) throws(DataError) {
    (stored, self.views, self.seed, count) = (source.columns, views, seed, source.count)
    let mode = preprocessing.mode
    guard mode == nil || preprocessing.scale == nil && preprocessing.standardize == nil else {
      throw DataError(
        "preprocessing", "has a mode besides 'scale' or 'standardize', so that images would be prepared twice",
        remedy: "remove one of them")
    }
    let first = source.columns[0]
    if first.kind == .image, let mode, mode != .none, first.shape.channels != 3 {
      throw DataError(
        "preprocessing.mode",
        "'\(mode.rawValue)' is for images of three channels, but samples have the shape \(first.shape)",
        remedy: "use 'scale' and 'standardize'")
    }
    let conversion =
      try preprocessing.expected.map { (expected) throws(DataError) in
        try NumberConversion(of: source, to: expected)
      } ?? NumberConversion()
    (notice, conversionFactor) = (conversion.notice, conversion.factor)
    let plain = Standardization(mean: [0], deviation: [1])
    arithmetic = try source.columns.enumerated().map { (position, column) throws(DataError) in
      let channels = column.shape.channels
      guard column.kind == .image else { return ChannelArithmetic(channels: channels) }
      // The numbers that were trained on are those of the first image; each other one has its own.
      let element = position == 0 ? preprocessing.expected?.element ?? column.element : column.element
      // What is said for channels means nothing to images of other channels, such as depths beside colours.
      let isLikeFirst = channels == first.shape.channels
      let mode = isLikeFirst || mode == Preprocessing.Mode.none ? mode : nil
      let standard = mode?.arithmetic.standardization ?? (isLikeFirst ? preprocessing.standardize : nil) ?? plain
      let scale = mode?.arithmetic.scale ?? preprocessing.scale ?? (element == .byte ? 1 / 255.0 : 1)
      let factor = position == 0 ? conversion.factor : 1
      let mean = try Preparation.perChannel(standard.mean, channels, "preprocessing.standardize.mean")
      let deviation = try Preparation.perChannel(standard.deviation, channels, "preprocessing.standardize.deviation")
      guard scale.isFinite, mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
        throw DataError(
          "preprocessing", "scale and means must be finite and deviations greater than 0",
          remedy: "correct the numbers")
      }
      return ChannelArithmetic(
        factors: deviation.map { Float(scale * factor / $0) },
        offsets: zip(mean, deviation).map { Float(-$0 / $1) }, reversesChannels: mode?.reversesChannels ?? false)
    }
    let all = augmentations.map(\.transform) + transforms.map(\.transform)
    groups = try Preparation.groups(all, source.columns, together)
    (columns, groupOfColumn) = Preparation.columns(of: groups, source.columns)
  }

  /// The columns of a source behind transforms.
  package static func columns(
    of source: any DataSource, behind augmentations: [Augmentation], _ transforms: [TransformChoice]
  ) throws(DataError) -> [Column] {
    let all = augmentations.map(\.transform) + transforms.map(\.transform)
    return columns(of: try groups(all, source.columns, [:]), source.columns).columns
  }

  /// The shape of the first image that enters the network.
  public var shape: Shape { columns[0].shape }

  private static func groups(
    _ transforms: [any Transform], _ stored: [Column], _ together: [String: String]
  ) throws(DataError) -> [TransformGroup] {
    let all = try TransformGroup.positions(of: stored, together: together)
    var groups: [TransformGroup] = []
    for (number, positions) in all.enumerated() {
      groups.append(try TransformGroup(transforms, positions, of: stored, number: number))
    }
    return groups
  }

  /// The columns behind all transforms, and the group of each.
  private static func columns(
    of groups: [TransformGroup], _ stored: [Column]
  ) -> (columns: [Column], groups: [Int]) {
    var (columns, numbers) = (stored, stored.map { _ in 0 })
    for (number, group) in groups.enumerated() {
      for (column, position) in zip(group.columns, group.positions) {
        (columns[position], numbers[position]) = (column, number)
      }
    }
    return (columns, numbers)
  }

  /// Whether every sample stays as it is, whatever the epoch.
  var isPlain: Bool { groups.allSatisfy { $0.steps.isEmpty && $0.windows.isEmpty } }

  /// Whether transforms make new samples.
  var makesSamples: Bool { groups.contains { !$0.steps.isEmpty } }

  /// Memory for the samples between the transforms.
  func makeMemory(_ wanted: ColumnSet) -> TransformMemory {
    let held = groups.map { group in ColumnSet(group.positions.indices.filter { wanted.contains(group.positions[$0]) })
    }
    return TransformMemory(
      between: zip(groups, held).map { group, held in
        group.steps.map { Sample($0.columns, held, scratch: $0.scratch) }
      },
      partner: groups[0].mixingStep.map { last in
        groups[0].steps[...last].map { Sample($0.columns, held[0], scratch: $0.scratch) }
      } ?? [],
      partnerStored: groups[0].mixingStep == nil ? [] : [Sample(stored, wanted)],
      ends: groups.count == 1 || !makesSamples ? [] : zip(groups, held).map { Sample($0.columns, $1) })
  }

  /// What the transforms make of a stored sample.
  ///
  /// - Parameters:
  ///   - memory: of `makeMemory`.
  ///   - read: reads another sample of the source.
  func transform(
    _ sample: Sample, _ memory: inout TransformMemory, into output: inout Sample, epoch: Int, index: Int,
    read: (_ index: Int, _ sample: inout Sample) throws(DataError) -> Void
  ) throws(DataError) {
    try preparePartner(&memory, epoch: epoch, index: index, read: read)
    guard groups.count > 1 else {
      return transform(
        groups[0], sample, &memory.between[0], memory.partner.last, into: &output, epoch: epoch, index: index)
    }
    for (number, group) in groups.enumerated() {
      transform(
        group, sample, &memory.between[number], memory.partner.last, into: &memory.ends[number], epoch: epoch,
        index: index)
      for (place, position) in group.positions.enumerated() where sample.holds(position) {
        output.copy(position, from: memory.ends[number], place)
      }
    }
  }

  private func transform(
    _ group: TransformGroup, _ sample: Sample, _ between: inout [Sample], _ partner: Sample?,
    into output: inout Sample, epoch: Int, index: Int
  ) {
    for (place, position) in group.positions.enumerated() where sample.holds(position) {
      between[0].copyAsFloats(place, from: sample, position)
    }
    for (place, step) in group.steps.enumerated() {
      var random = stream(group, place, epoch: epoch, sample: index)
      if place + 1 < group.steps.count {
        apply(step, to: between[place], partner, into: &between[place + 1], random: &random)
      } else {
        apply(step, to: between[place], partner, into: &output, random: &random)
      }
    }
  }

  private func apply(
    _ step: TransformGroup.Step, to input: Sample, _ partner: Sample?, into output: inout Sample,
    random: inout RandomStream
  ) {
    switch step.work {
    case .changing(let transform): transform.apply(to: input, into: &output, random: &random)
    case .mixing(let transform):
      _ = random.integer(below: count)
      transform.apply(to: input, mixing: partner!, into: &output, random: &random)
    }
  }

  /// Brings the sample that is to be mixed in as far as the step that does it; the first number of that step's stream
  /// says which it is.
  private func preparePartner(
    _ memory: inout TransformMemory, epoch: Int, index: Int,
    read: (_ index: Int, _ sample: inout Sample) throws(DataError) -> Void
  ) throws(DataError) {
    let group = groups[0]
    guard let last = group.mixingStep else { return }
    var random = stream(group, last, epoch: epoch, sample: index)
    let other = random.integer(below: count)
    try read(other, &memory.partnerStored[0])
    for (place, position) in group.positions.enumerated() where memory.partnerStored[0].holds(position) {
      memory.partner[0].copyAsFloats(place, from: memory.partnerStored[0], position)
    }
    for (place, step) in group.steps[..<last].enumerated() {
      var random = stream(group, place, epoch: epoch, sample: other)
      apply(step, to: memory.partner[place], nil, into: &memory.partner[place + 1], random: &random)
    }
  }

  /// The group of a column, whose windows show it.
  func group(of column: Int) -> Int { groupOfColumn[column] }

  /// The view of a sample in an epoch, by group.
  func windows(epoch: Int, sample: Int) -> [Window] {
    groups.map { group in
      let shape = group.columns[0].shape
      var window = Window(height: shape.height, width: shape.width)
      for (place, transform) in group.windows.enumerated() {
        var random = stream(group, group.steps.count + place, epoch: epoch, sample: sample)
        transform.change(&window, random: &random)
      }
      return window
    }
  }

  /// Moves boxes to where windows show what they are around.
  func moveBoxes(of sample: inout Sample, _ windows: [Window]) {
    guard !groups[0].windows.isEmpty else { return }
    let size = ImageSize(columns[0].shape)
    for (position, column) in columns.enumerated() where column.kind == .boxes && sample.holds(position) {
      sample.moveBoxes(position, windows[0].map, from: size, to: size)
    }
  }

  /// The key of the random numbers of a visit: one of its own, or that of the sample, where samples have `views`.
  ///
  /// - Parameter draw: of a `SampledBatch` of so many samples.
  func key(ofDraw draw: Int, among population: Int) -> Int { views == nil ? draw : draw % population }

  /// - Parameter place: among the transforms.
  private func stream(_ group: TransformGroup, _ place: Int, epoch: Int, sample: Int) -> RandomStream {
    let view = views.map { epoch % $0 } ?? epoch
    return RandomStream(
      seed: seed, purpose: .augmentation, item: group.number << 16 | place, major: view, minor: sample)
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
