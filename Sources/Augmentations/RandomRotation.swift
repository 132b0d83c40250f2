internal import Foundation
public import Kernels
public import Tensors

/// Turns images about their middle by a random part of a full turn (Keras's `RandomRotation`): positive against the
/// clock.
public struct RandomRotation: GeometricAugmentation {
  public static let kerasName = "RandomRotation"

  public var factor: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation

  public init(_ factor: FactorRange, fill: Fill = Fill(), interpolation: Interpolation = .bilinear) {
    (self.factor, self.fill, self.interpolation) = (factor, fill, interpolation)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(
      try arguments.range("factor", in: -1...1), fill: try arguments.fill(),
      interpolation: try arguments.interpolation())
  }

  public var arguments: [String: ArgumentValue] { fillArguments.merging(["factor": .pair(factor)]) { $1 } }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Homography { turn(size, factor.draw(&random)) }

  /// By a part of a full turn.
  public func turn(_ size: ImageSize, _ part: Float) -> Homography {
    let angle = 2 * Double.pi * Double(part)
    let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
    // Rows count downwards: a turn against the clock takes what is right of an output above it.
    return .around(size, a: cosine, b: -sine, d: sine, e: cosine)
  }
}
