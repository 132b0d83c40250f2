public import Kernels
public import Tensors

/// Makes what images show smaller or larger about their middle (Keras's `RandomZoom`): positive shows more of what is
/// around. Both directions alike, unless `width_factor` is given.
public struct RandomZoom: GeometricAugmentation {
  public static let kerasName = "RandomZoom"
  public static let shortForm = ["height_factor"]

  public var heightFactor: FactorRange, widthFactor: FactorRange?
  public var fill: Fill
  public var interpolation: Interpolation

  public init(
    _ heightFactor: FactorRange, _ widthFactor: FactorRange? = nil, fill: Fill = Fill(),
    interpolation: Interpolation = .bilinear
  ) {
    (self.heightFactor, self.widthFactor) = (heightFactor, widthFactor)
    (self.fill, self.interpolation) = (fill, interpolation)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    var width: FactorRange?
    if arguments.has("width_factor") {
      width = try arguments.range("width_factor", in: -0.99...10, lower: { -$0 })
    }
    self.init(
      try arguments.range("height_factor", in: -0.99...10, lower: { -$0 }), width, fill: try arguments.fill(),
      interpolation: try arguments.interpolation())
    guard heightFactor.lower >= -0.99, width?.lower ?? 0 >= -0.99 else {
      throw arguments.error("height_factor", "a number from -0.99 to 0.99, or the least and the greatest up to 10")
    }
  }

  public var arguments: [String: ArgumentValue] {
    var values = fillArguments
    values["height_factor"] = .pair(heightFactor)
    if let widthFactor { values["width_factor"] = .pair(widthFactor) }
    return values
  }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Homography {
    let height = 1 + heightFactor.draw(&random)
    let width = widthFactor.map { 1 + $0.draw(&random) } ?? height
    return .around(size, a: width, b: 0, d: 0, e: height)
  }
}
