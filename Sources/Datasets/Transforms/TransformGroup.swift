import Augmentations
import Kernels
import Tensors

/// Columns that are transformed together, by the same draws: an image, and what lies in it.
struct TransformGroup: Sendable {
  /// Of the columns among those of the source, the image first.
  let positions: [Int]
  /// What becomes of them.
  let columns: [Column]
  /// Transforms that make new samples.
  let steps: [Step]
  /// Transforms behind them, which only say what is seen of the result.
  let windows: [any WindowTransform]
  /// Tells its random numbers from those of the other groups.
  let number: Int

  /// One transform that makes new samples.
  struct Step: Sendable {
    let work: Work
    /// Before it.
    let columns: [Column]
    /// How many floats it wants besides.
    let scratch: Int

    enum Work: Sendable {
      case changing(any SampleTransform)
      case mixing(any MixingTransform)
    }

    var isMixing: Bool { if case .mixing = work { true } else { false } }
  }

  /// The step that mixes samples; nil where none does.
  var mixingStep: Int? { steps.firstIndex(where: \.isMixing) }

  /// Settles transforms for some columns of a source.
  init(
    _ transforms: [any Transform], _ positions: [Int], of stored: [Column], number: Int
  ) throws(DataError) {
    var columns = positions.map { stored[$0] }
    (self.positions, self.number) = (positions, number)
    guard !transforms.isEmpty else {
      (steps, windows, self.columns) = ([], [], columns)
      return
    }
    if number > 0, let mixing = transforms.first(where: { $0 is any MixingTransform }) {
      throw DataError(
        "transforms", "\(type(of: mixing).kerasName) would mix '\(columns[0].name)' with that of another sample",
        remedy: "remove it, or give 'data.columns.\(columns[0].name).transformedWith'")
    }
    guard columns[0].kind == .image else {
      throw DataError("transforms", "are for images, but the data has none", remedy: "remove them")
    }
    let pictures = columns.filter { $0.kind.isPicture }
    if let other = pictures.first(where: { ImageSize($0.shape) != ImageSize(pictures[0].shape) }) {
      throw DataError(
        "transforms", "'\(other.name)' is \(other.shape), but '\(pictures[0].name)' is \(pictures[0].shape)",
        remedy: "give pictures of one size, or remove the transforms")
    }
    let end = transforms.lastIndex { !($0 is any WindowTransform) }.map { $0 + 1 } ?? 0
    if end > 0 {
      for place in columns.indices where columns[place].kind == .image { columns[place].element = .float }
    }
    var (steps, windows): ([Step], [any WindowTransform]) = ([], [])
    let picture = pictures.map { $0.shape.height * $0.shape.width * $0.shape.channels }.max() ?? 0
    for (place, transform) in transforms.enumerated() {
      let before = columns
      columns = try transform.columns(after: columns)
      if place >= end {
        windows.append(transform as! any WindowTransform)
      } else if let mixing = transform as? any MixingTransform {
        if let other = steps.first(where: \.isMixing), case .mixing(let other) = other.work {
          throw DataError(
            "transforms", "have \(type(of: mixing).kerasName) besides \(type(of: other).kerasName)",
            remedy: "mix samples once")
        }
        steps.append(Step(work: .mixing(mixing), columns: before, scratch: 0))
      } else if let step = transform as? any SampleTransform {
        let scratch = ((step as? any AugmentationTransform)?.scratchPictures ?? 0) * picture
        steps.append(Step(work: .changing(step), columns: before, scratch: scratch))
      } else {
        let name = type(of: transform).kerasName
        throw DataError(
          "transforms",
          "\(name) comes before \(type(of: transforms[end - 1]).kerasName), but its border is of what "
            + "enters the network", remedy: "put \(name) last")
      }
    }
    (self.steps, self.windows, self.columns) = (steps, windows, columns)
  }

  /// The columns of a source in groups: the first image with masks, boxes and all that is no picture; every other image
  /// by itself, unless it is to be transformed with another one.
  ///
  /// - Parameter together: for images, the image with which each is transformed.
  static func positions(
    of columns: [Column], together: [String: String]
  ) throws(DataError) -> [[Int]] {
    let images = columns.indices.dropFirst().filter { columns[$0].kind == .image }
    var groups = [columns.indices.filter { !images.contains($0) }] + images.map { [$0] }
    for image in images {
      guard let partner = together[columns[image].name] else { continue }
      let name = columns[image].name
      guard let leader = columns.indices.first(where: { columns[$0].name == partner && columns[$0].kind == .image }),
        leader != image, together[partner] == nil
      else {
        let names = columns.filter { $0.kind == .image && together[$0.name] == nil }.map(\.name)
        throw DataError(
          "data.columns.\(name).transformedWith", "is '\(partner)', which is no image with transforms of its own",
          remedy: "name one of \(names.joined(separator: ", "))")
      }
      groups.removeAll { $0 == [image] }
      groups[groups.firstIndex { $0.contains(leader) }!].append(image)
    }
    return groups
  }
}

/// Memory for samples on their way through the transforms of each group. Belongs to one thread.
struct TransformMemory {
  /// Before each transform of a group.
  var between: [[Sample]]
  /// The same of another sample, up to the transform that mixes it in, and as it is stored; empty where none does.
  var partner: [Sample]
  var partnerStored: [Sample]
  /// Behind the last one; empty where there is one group, which writes where it is wanted.
  var ends: [Sample]
}
