public import Augmentations
import Kernels
public import Tensors

/// A sample with a rectangle of another one (Keras's `CutMix`; Yun et al., 2019), of images and masks; classes as
/// vectors, and numbers, are mixed by the areas. The area is drawn of the beta distribution, whose parameter is drawn
/// from a range.
public struct CutMix: MixingTransform, KerasArguments {
  public static let kerasName = "CutMix"

  public var factor: FactorRange

  public init(_ factor: FactorRange = FactorRange(0, 1)) { self.factor = factor }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.range("factor", in: 0...1, default: FactorRange(0, 1)))
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor)] }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireImages(columns)
    try requireMixable(columns)
    return columns
  }

  public func apply(
    to input: Sample, mixing partner: Sample, into output: inout Sample, random: inout RandomStream
  ) {
    let alpha = Double(factor.draw(&random)) + 1e-6
    let share = Float(1 - random.beta(alpha, alpha)).squareRoot()
    let size = ImageSize(input.columns[0].shape)
    func part(of length: Int) -> Range<Float> {
      let part = share * Float(length)
      let start = random.uniform() * (Float(length) - part)
      return start..<start + part
    }
    let columns = part(of: size.width)
    let rows = part(of: size.height)
    mix(input, partner, rows: rows, columns: columns, into: &output)
  }

  /// - Parameters:
  ///   - rows, columns: of the pixels that the other sample gives, those whose coordinates are at least the first and
  ///     less than the second.
  public func mix(
    _ input: Sample, _ partner: Sample, rows: Range<Float>, columns: Range<Float>, into output: inout Sample
  ) {
    let size = ImageSize(input.columns[0].shape)
    let area = (rows.upperBound - rows.lowerBound) * (columns.upperBound - columns.lowerBound)
    let weight = 1 - area / Float(size.width * size.height)
    func whole(_ range: Range<Float>, _ size: Int) -> Range<Int> {
      let lower = min(max(Int(range.lowerBound.rounded(.up)), 0), size)
      return lower..<max(lower, min(Int(range.upperBound.rounded(.up)), size))
    }
    let (taken, from) = (whole(rows, size.height), whole(columns, size.width))
    for (position, column) in input.columns.enumerated() where output.holds(position) {
      output.copy(position, from: input)
      switch column.kind {
      case .image, .mask: output.take(position, of: partner, rows: taken, columns: from)
      case .categories, .numbers: output.mix(position, with: partner, weight: weight)
      default: break
      }
    }
  }
}

extension Sample {
  /// Takes a rectangle of a picture, or of each of its frames, over from another sample.
  mutating func take(_ column: Int, of other: Sample, rows: Range<Int>, columns: Range<Int>) {
    let shape = self.columns[column].shape
    let pixel = shape.channels * self.columns[column].element.size
    for frame in 0..<shape.depth {
      for row in rows {
        let start = ((frame * shape.height + row) * shape.width + columns.lowerBound) * pixel
        unsafe (self.start(of: column) + start).copyMemory(
          from: other.start(of: column) + start, byteCount: columns.count * pixel)
      }
    }
  }
}
