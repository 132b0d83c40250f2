public import Kernels
public import Tensors

/// A change of samples between the data and the network, under Keras's name and with its arguments.
///
/// What it draws at random is a pure function of (seed, epoch, sample, its place among the transforms). It acts in
/// training only.
public protocol Transform: Hashable, Codable, Sendable {
  /// What it is called in configurations.
  static var kerasName: String { get }

  /// The size of the pictures behind it; nil where they keep theirs.
  var outputSize: ImageSize? { get }

  /// What the columns of samples become, whose images hold floats.
  ///
  /// Throws where samples of these columns cannot be changed.
  func columns(after columns: [Column]) throws(DataError) -> [Column]
}

/// A transform that makes a sample of another one.
public protocol SampleTransform: Transform {
  /// Writes every column that `output` has memory for.
  ///
  /// - Parameters:
  ///   - input: images of floats, as stored; masks of bytes.
  ///   - output: of the columns that `columns(after:)` gives.
  func apply(to input: Sample, into output: inout Sample, random: inout RandomStream)
}

/// A transform that mixes another sample of the data in, which is drawn for each sample and has gone through the
/// transforms before this one, as in its own visit in this epoch.
public protocol MixingTransform: Transform {
  /// Writes every column that `output` has memory for.
  ///
  /// - Parameters:
  ///   - input, partner: images of floats, as stored; masks of bytes.
  ///   - output: of the same columns.
  func apply(to input: Sample, mixing partner: Sample, into output: inout Sample, random: inout RandomStream)
}

/// A transform that moves, mirrors and cuts whole pixels, which costs nothing: pixels are read from another place.
public protocol WindowTransform: Transform {
  func change(_ window: inout Window, random: inout RandomStream)
}

extension Transform {
  public var outputSize: ImageSize? { nil }

  /// The same columns, of which one is an image of (H, W, C), or a clip of such frames.
  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireImages(columns)
    return columns
  }

  func requireImages(_ columns: [Column]) throws(DataError) {
    guard let other = columns.first(where: { $0.kind == .image && ![3, 4].contains($0.shape.rank) }) else { return }
    throw DataError(
      "augmentation", "samples of shape \(other.shape) are not images", remedy: "remove \(Self.kerasName)")
  }

  /// Refuses what is no signal along one axis, (steps, channels).
  func requireSignals(_ columns: [Column]) throws(DataError) {
    guard let other = columns.first(where: { $0.kind == .image && $0.shape.rank != 2 }) else { return }
    throw DataError(
      Self.kerasName, "is for signals of (steps, channels), but '\(other.name)' has the shape \(other.shape)",
      remedy: "remove it")
  }

  /// Refuses masks whose pixels from outside the image would be of no class that anybody has said.
  func requireVoid(_ columns: [Column]) throws(DataError) {
    guard let mask = columns.first(where: { $0.kind == .mask && $0.void == nil }) else { return }
    throw DataError(
      Self.kerasName, "brings pixels from outside the image into the mask '\(mask.name)', and nothing says their class",
      remedy: "give 'data.columns.\(mask.name).void', a number for pixels of no class, or another fill_mode")
  }
}
