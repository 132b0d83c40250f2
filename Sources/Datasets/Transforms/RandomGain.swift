public import Augmentations
public import Kernels
public import Tensors

/// Multiplies every number of a signal by one that is drawn from a range.
public struct RandomGain: ColorTransform, KerasArguments {
  public static let kerasName = "RandomGain"

  public var factor: FactorRange

  public init(_ factor: FactorRange) { self.factor = factor }

  /// A number f means from 1 - f to 1 + f.
  public init(_ arguments: Arguments) throws(ArgumentError) {
    if let numbers = arguments.numbers("factor"), numbers.count == 1 {
      let factor = try arguments.number("factor", in: 0...1)
      self.init(FactorRange(1 - factor, 1 + factor))
    } else {
      self.init(try arguments.range("factor", in: 0...1000))
    }
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor)] }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireSignals(columns)
    return columns
  }

  public func change(_ picture: FloatPicture, random: inout RandomStream) {
    let factor = factor.draw(&random)
    picture.map { $0 * factor }
  }
}
