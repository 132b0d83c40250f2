public import Augmentations
internal import Foundation
public import Kernels
public import Tensors

/// Makes a signal higher or lower and keeps its speed: overlapping grains of `window` steps, each played faster or more
/// slowly about its middle, are added with weights of a raised cosine, which sum to 1.
///
/// y(t) = sum over grains m of w(t - m) x(m + (t - m) 2^(s / 12)), with s semitones.
public struct RandomPitch: ColorTransform, KerasArguments {
  public static let kerasName = "RandomPitch"
  public static let shortForm = ["semitones"]

  public var semitones: FactorRange
  public var window: Int

  public init(_ semitones: FactorRange, window: Int = 1024) { (self.semitones, self.window) = (semitones, window) }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(
      try arguments.range("semitones", in: -24...24),
      window: try arguments.integer("window", in: 4...1_048_576, default: 1024))
    guard window % 2 == 0 else { throw arguments.error("window", "an even number of steps") }
  }

  public var arguments: [String: ArgumentValue] {
    ["semitones": .pair(semitones), "window": .integer(window)]
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireSignals(columns)
    return columns
  }

  public func change(_ picture: FloatPicture, random: inout RandomStream) {
    let rate = pow(2, Double(semitones.draw(&random)) / 12)
    let (steps, hop) = (picture.width, window / 2)
    let before = picture.like(in: Buffer(picture.numbers.values))
    for step in 0..<steps {
      // The grains on both sides: their middles are `hop` apart.
      let first = step / hop
      let share = 0.5 - 0.5 * cos(.pi * Double(step % hop) / Double(hop))
      for channel in 0..<picture.channels {
        var value = 0.0
        for (grain, weight) in [(first, 1 - share), (first + 1, share)] {
          let middle = Double(grain * hop)
          let place = min(max(middle + (Double(step) - middle) * rate, 0), Double(steps - 1))
          let (left, part) = (Int(place), place - place.rounded(.down))
          let (x, next) = (before[0, left, channel], before[0, min(left + 1, steps - 1), channel])
          value += weight * (Double(x) + Double(next - x) * part)
        }
        picture[0, step, channel] = Float(value)
      }
    }
  }
}
