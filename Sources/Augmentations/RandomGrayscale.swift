public import Kernels
public import Tensors

/// Makes an image grey, with a probability (Keras's `RandomGrayscale`). It keeps its channels.
public struct RandomGrayscale: PictureAugmentation {
  public static let kerasName = "RandomGrayscale"

  /// The probability.
  public var factor: Double

  public init(_ factor: Double = 0.5) { self.factor = factor }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.number("factor", in: 0...1, default: 0.5))
  }

  public var arguments: [String: ArgumentValue] { ["factor": .number(factor)] }

  public func obstacle(channels: Int) -> String? { channels == 1 ? nil : requireThreeChannels(channels) }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Bool { Double(random.uniform()) < factor }

  public func apply(_ drawn: Bool, to picture: FloatPicture, _ memory: Buffer) {
    if drawn, picture.channels == 3 { picture.degenerate(share: 1) }
  }

  public func differentiate(_ drawn: Bool, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    if drawn, picture.channels == 3 { gradient.differentiateDegeneration(share: 1) }
  }
}
