public import Augmentations
internal import Foundation
public import Kernels
public import Tensors

/// Adds normal noise to every number of an image or a signal (Keras's `GaussianNoise`); `stddev` is in numbers as they
/// are stored.
public struct GaussianNoise: ColorTransform, KerasArguments {
  public static let kerasName = "GaussianNoise"
  public static let shortForm = ["stddev"]

  public var deviation: Double

  public init(_ deviation: Double) { self.deviation = deviation }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.number("stddev", in: 0...1e6))
  }

  public var arguments: [String: ArgumentValue] { ["stddev": .number(deviation)] }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    return columns
  }

  public func change(_ picture: FloatPicture, random: inout RandomStream) {
    let deviation = Float(deviation)
    picture.map { $0 + deviation * random.normal() }
  }
}
