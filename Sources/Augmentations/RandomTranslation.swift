public import Kernels
public import Tensors

/// Moves images by random parts of their height and width (Keras's `RandomTranslation`): positive down and right.
public struct RandomTranslation: GeometricAugmentation {
  public static let kerasName = "RandomTranslation"
  public static let shortForm = ["height_factor", "width_factor"]

  public var heightFactor: FactorRange, widthFactor: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation

  public init(
    _ heightFactor: FactorRange, _ widthFactor: FactorRange, fill: Fill = Fill(),
    interpolation: Interpolation = .bilinear
  ) {
    (self.heightFactor, self.widthFactor) = (heightFactor, widthFactor)
    (self.fill, self.interpolation) = (fill, interpolation)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(
      try arguments.range("height_factor", in: -1...1), try arguments.range("width_factor", in: -1...1),
      fill: try arguments.fill(), interpolation: try arguments.interpolation())
  }

  public var arguments: [String: ArgumentValue] {
    fillArguments.merging(["height_factor": .pair(heightFactor), "width_factor": .pair(widthFactor)]) { $1 }
  }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Homography {
    let down = heightFactor.draw(&random) * Float(size.height)
    return .moving(x: -widthFactor.draw(&random) * Float(size.width), y: -down)
  }
}
