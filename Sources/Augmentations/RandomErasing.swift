internal import Foundation
public import Kernels
public import Tensors

/// Writes one number or noise over a rectangle of an image, with a probability (Keras's `RandomErasing`).
public struct RandomErasing: PictureAugmentation {
  public static let kerasName = "RandomErasing"

  /// The range that the probability is drawn from.
  public var factor: FactorRange
  /// The range that the squares of the rectangle's parts of height and width are drawn from.
  public var scale: FactorRange
  /// One number or one for each channel; nil for noise.
  public var fillValue: [Double]?
  public var valueRange: ClosedRange<Double>

  public struct Drawn: Sendable {
    /// Pixels whose coordinates are at least the first and less than the second; empty for none.
    public var rows: Range<Float>, columns: Range<Float>
    /// Of noise.
    public var random: RandomStream

    public init(rows: Range<Float>, columns: Range<Float>, random: RandomStream) {
      (self.rows, self.columns, self.random) = (rows, columns, random)
    }
  }

  public init(
    _ factor: FactorRange = FactorRange(0, 1), scale: FactorRange = FactorRange(0.02, 0.33),
    fillValue: [Double]? = nil, valueRange: ClosedRange<Double> = 0...255
  ) {
    (self.factor, self.scale, self.fillValue, self.valueRange) = (factor, scale, fillValue, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    let values = arguments.numbers("fill_value")
    guard !arguments.has("fill_value") || [1, 3].contains(values?.count) else {
      throw arguments.error("fill_value", "a number, or three")
    }
    self.init(
      try arguments.range("factor", in: 0...1, default: FactorRange(0, 1)),
      scale: try arguments.range("scale", in: 0...1, default: FactorRange(0.02, 0.33)), fillValue: values,
      valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] {
    var values: [String: ArgumentValue] = ["factor": .pair(factor), "scale": .pair(scale)]
    values["fill_value"] = fillValue.map { $0.count == 1 ? .number($0[0]) : .list($0.map { .number($0) }) }
    values["value_range"] = .pair(valueRange)
    return values
  }

  public func obstacle(channels: Int) -> String? { fillValue?.count == 3 ? requireThreeChannels(channels) : nil }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Drawn {
    let shares = (width: scale.draw(&random).squareRoot(), height: scale.draw(&random).squareRoot())
    func part(_ share: Float, of length: Int) -> Range<Float> {
      let size = share * Float(length)
      let start = random.uniform() * (Float(length) - size)
      return start..<start + size
    }
    let columns = part(shares.width, of: size.width)
    let rows = part(shares.height, of: size.height)
    let isApplied = random.happens(factor)
    return Drawn(rows: isApplied ? rows : 0..<0, columns: columns, random: random)
  }

  public func apply(_ drawn: Drawn, to picture: FloatPicture, _ memory: Buffer) {
    var random = drawn.random
    let range = valueRange.floats
    forEachPixel(drawn, picture) { row, column in
      for channel in 0..<picture.channels {
        let value = fillValue.map { Float($0[$0.count == 1 ? 0 : channel]) } ?? random.normal() * range.upperBound
        picture[row, column, channel] = min(max(value, range.lowerBound), range.upperBound)
      }
    }
  }

  public func differentiate(_ drawn: Drawn, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    forEachPixel(drawn, gradient) { row, column in
      for channel in 0..<gradient.channels { gradient[row, column, channel] = 0 }
    }
  }

  private func forEachPixel(_ drawn: Drawn, _ picture: FloatPicture, _ body: (_ row: Int, _ column: Int) -> Void) {
    func whole(_ range: Range<Float>, _ size: Int) -> Range<Int> {
      let lower = min(max(Int(range.lowerBound.rounded(.up)), 0), size)
      return lower..<max(lower, min(Int(range.upperBound.rounded(.up)), size))
    }
    for row in whole(drawn.rows, picture.height) {
      for column in whole(drawn.columns, picture.width) { body(row, column) }
    }
  }
}
