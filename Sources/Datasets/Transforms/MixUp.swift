public import Augmentations
import Kernels
public import Tensors

/// The mean of a sample and another one, by a weight of the beta distribution (Keras's `MixUp`; Zhang et al., 2018):
/// w x + (1 - w) x', of images, of classes as vectors, and of numbers.
public struct MixUp: MixingTransform, KerasArguments {
  public static let kerasName = "MixUp"
  public static let shortForm = ["alpha"]

  public var alpha: Double

  public init(_ alpha: Double = 0.2) { self.alpha = alpha }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.number("alpha", in: 1e-3...1e3, default: 0.2))
  }

  public var arguments: [String: ArgumentValue] { ["alpha": .number(alpha)] }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireMixable(columns)
    if let mask = columns.first(where: { $0.kind == .mask }) {
      throw DataError(
        Self.kerasName, "mixes images, and classes of pixels of the mask '\(mask.name)' have no mean",
        remedy: "use CutMix, or remove it")
    }
    return columns
  }

  public func apply(
    to input: Sample, mixing partner: Sample, into output: inout Sample, random: inout RandomStream
  ) {
    mix(input, partner, weight: Float(random.beta(alpha, alpha)), into: &output)
  }

  /// - Parameter weight: of the first.
  public func mix(_ input: Sample, _ partner: Sample, weight: Float, into output: inout Sample) {
    for (position, column) in input.columns.enumerated() where output.holds(position) {
      output.copy(position, from: input)
      if [.image, .categories, .numbers].contains(column.kind) { output.mix(position, with: partner, weight: weight) }
    }
  }
}

extension MixingTransform {
  /// Refuses columns that have no mean.
  func requireMixable(_ columns: [Column]) throws(DataError) {
    for column in columns {
      switch column.kind {
      case .category:
        throw DataError(
          Self.kerasName, "mixes classes, but '\(column.name)' is the number of one",
          remedy: "give it as one of as many numbers as there are classes ('data.columns.\(column.name).kind: "
            + "categories', with the loss categorical_crossentropy), or remove \(Self.kerasName)")
      case .boxes:
        throw DataError(
          Self.kerasName, "mixes images, and the boxes '\(column.name)' of both would be too many", remedy: "remove it")
      default: break
      }
    }
  }
}

extension Sample {
  /// w x + (1 - w) x' of a column of floats.
  ///
  /// - Parameter weight: of this sample's.
  mutating func mix(_ column: Int, with other: Sample, weight: Float) {
    let (own, others) = (memory(of: column), other.memory(of: column))
    let numbers = FloatPicture(height: 1, width: own.count, channels: 1, in: own)
    numbers.map(with: numbers.like(in: others)) { weight * $0 + (1 - weight) * $1 }
  }
}
