public import Augmentations
public import Kernels
public import Tensors

/// Moves a signal by a random part of its steps, positive to later ones, by whole steps. What leaves it at one end
/// comes in at the other, or what `fill_mode` says.
public struct RandomTimeShift: GeometricTransform, KerasArguments {
  public static let kerasName = "RandomTimeShift"

  public var factor: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation { .nearest }

  public init(_ factor: FactorRange, fill: Fill = Fill(.wrap)) { (self.factor, self.fill) = (factor, fill) }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(
      try arguments.range("factor", in: -1...1),
      fill: arguments.has("fill_mode") ? try arguments.fill() : Fill(.wrap, value: try arguments.fill().value))
  }

  public var arguments: [String: ArgumentValue] {
    ["factor": .pair(factor), "fill_mode": .text(fill.mode.rawValue), "fill_value": .number(fill.value)]
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireSignals(columns)
    return columns
  }

  public func map(_ size: ImageSize, random: inout RandomStream) -> Homography {
    let steps = (factor.draw(&random) * Float(size.width)).rounded()
    // Whole rounds change nothing.
    return .moving(x: fill.mode == .wrap ? -steps.remainder(dividingBy: Float(size.width)) : -steps, y: 0)
  }
}
