public import Augmentations
public import Kernels
public import Tensors

/// Plays a signal faster or more slowly from its first step on, and higher or lower with it: step t shows t times the
/// speed, between two steps. Behind its end is `fill_value`.
public struct RandomSpeed: GeometricTransform, KerasArguments {
  public static let kerasName = "RandomSpeed"

  /// Of speeds.
  public var factor: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation { .bilinear }

  public init(_ factor: FactorRange, fillValue: Double = 0) {
    (self.factor, fill) = (factor, Fill(.constant, value: fillValue))
  }

  /// A number f means from 1 - f to 1 + f.
  public init(_ arguments: Arguments) throws(ArgumentError) {
    let everything = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    let fill = try arguments.number("fill_value", in: everything, default: 0)
    if let numbers = arguments.numbers("factor"), numbers.count == 1 {
      let factor = try arguments.number("factor", in: 0...0.9)
      self.init(FactorRange(1 - factor, 1 + factor), fillValue: fill)
    } else {
      self.init(try arguments.range("factor", in: 0.1...10), fillValue: fill)
    }
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor), "fill_value": .number(fill.value)] }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireSignals(columns)
    return columns
  }

  public func map(_ size: ImageSize, random: inout RandomStream) -> Homography {
    let speed = factor.draw(&random)
    // The middle of the first step stays where it is.
    return Homography(a: speed, b: 0, c: 0.5 - 0.5 * speed, d: 0, e: 1, f: 0)
  }
}
