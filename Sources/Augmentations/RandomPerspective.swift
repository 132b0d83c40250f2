public import Kernels
public import Tensors

/// Moves the corners of images, each by random parts of its distance from the upper left one, with a probability
/// (Keras's `RandomPerspective`). What comes in from outside is `fill_value`.
public struct RandomPerspective: GeometricAugmentation {
  public static let kerasName = "RandomPerspective"

  /// The range that the probability is drawn from.
  public var factor: FactorRange
  /// Corners move by up to half of it.
  public var scale: Double
  public var fill: Fill
  public var interpolation: Interpolation

  public init(
    _ factor: FactorRange = FactorRange(0, 1), scale: Double = 1, fillValue: Double = 0,
    interpolation: Interpolation = .bilinear
  ) {
    (self.factor, self.scale, self.interpolation) = (factor, scale, interpolation)
    fill = Fill(.constant, value: fillValue)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    let everything = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    self.init(
      try arguments.range("factor", in: 0...1, default: FactorRange(0, 1)),
      scale: try arguments.number("scale", in: 0...1, default: 1),
      fillValue: try arguments.number("fill_value", in: everything, default: 0),
      interpolation: try arguments.interpolation())
  }

  public var arguments: [String: ArgumentValue] {
    [
      "factor": .pair(factor), "scale": .number(scale), "fill_value": .number(fill.value),
      "interpolation": .text(interpolation.rawValue),
    ]
  }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Homography {
    let isApplied = random.happens(factor)
    let moves = (0..<8).map { _ in FactorRange(0.5 * scale).draw(&random) }
    return isApplied ? move(size, moves) : .identity
  }

  /// - Parameter moves: of the corners upper left, upper right, lower left and lower right, x before y: parts of
  ///   their distance from the first one.
  public func move(_ size: ImageSize, _ moves: [Float]) -> Homography {
    let (right, bottom) = (Double(size.width - 1), Double(size.height - 1))
    let start: [(x: Double, y: Double)] = [(0, 0), (right, 0), (0, bottom), (right, bottom)]
    let end = start.enumerated().map { corner, point in
      (x: point.x * (1 + Double(moves[2 * corner])), y: point.y * (1 + Double(moves[2 * corner + 1])))
    }
    // Corners that have met leave nothing to see.
    return Homography.moving(start, to: end) ?? .identity
  }
}
