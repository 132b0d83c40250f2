public import Kernels
public import Tensors

/// Slants images along their width by parts of their height, and the other way round (Keras's `RandomShear`), in
/// either direction.
public struct RandomShear: GeometricAugmentation {
  public static let kerasName = "RandomShear"
  public static let shortForm = ["x_factor", "y_factor"]

  public var xFactor: FactorRange, yFactor: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation

  public init(
    _ xFactor: FactorRange, _ yFactor: FactorRange, fill: Fill = Fill(), interpolation: Interpolation = .bilinear
  ) {
    (self.xFactor, self.yFactor) = (xFactor, yFactor)
    (self.fill, self.interpolation) = (fill, interpolation)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    let none = FactorRange(0, 0)
    self.init(
      try arguments.range("x_factor", in: -1...1, default: none),
      try arguments.range("y_factor", in: -1...1, default: none), fill: try arguments.fill(),
      interpolation: try arguments.interpolation())
  }

  public var arguments: [String: ArgumentValue] {
    fillArguments.merging(["x_factor": Self.written(xFactor), "y_factor": Self.written(yFactor)]) { $1 }
  }

  /// A range about 0 is one number: Keras writes a pair, whose negative number it does not read.
  private static func written(_ range: FactorRange) -> ArgumentValue {
    range.lower < 0 ? .number(range.upper) : .pair(range)
  }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Homography {
    let sign: Float = random.uniform() > 0.5 ? -1 : 1
    let y = yFactor.draw(&random)
    return shear(x: sign * xFactor.draw(&random), y: sign * y)
  }

  public func shear(x: Float, y: Float) -> Homography {
    .ofCentres([1, Double(x), 0, Double(y), 1, 0, 0, 0, 1])
  }
}
