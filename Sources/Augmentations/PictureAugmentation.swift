public import Kernels
public import Tensors

/// A random change of pictures, under Keras's name and with its arguments. It is what a transform of the data and a
/// layer of a network have in common: it draws what is to be done to a picture, and does it.
public protocol PictureAugmentation: KerasArguments, Hashable, Sendable {
  /// What is drawn once for each picture.
  associatedtype Drawn: Sendable

  /// Whether it acts at inference, too.
  static var actsAtInference: Bool { get }

  /// What is wrong with pictures of so many channels: "takes images of 3 channels"; nil for nothing.
  func obstacle(channels: Int) -> String?

  /// How many pictures' worth of memory `apply` and `differentiate` want.
  var scratchPictures: Int { get }

  /// Draws what is to be done to a picture of this size. All numbers come from `random`.
  func draw(_ size: ImageSize, _ random: inout RandomStream) -> Drawn

  /// Changes a picture of floats in place.
  ///
  /// - Parameter memory: `scratchPictures` times as large as the picture.
  func apply(_ drawn: Drawn, to picture: FloatPicture, _ memory: Buffer)

  /// Makes the gradient of the picture before (dx) of that behind (dy), in place.
  ///
  /// - Parameter picture: as it was before.
  func differentiate(_ drawn: Drawn, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer)

  /// How pixels move, one map after the other: what masks and boxes follow.
  func movements(_ drawn: Drawn, _ size: ImageSize, _ memory: Buffer) -> [PictureMap]

  /// What keeps it from moving masks or boxes along: "bends images, which boxes cannot follow"; nil for nothing.
  static var obstacleToMasks: String? { get }
  static var obstacleToBoxes: String? { get }

  /// Whether pixels from outside of the image may come in, of no class.
  var bringsConstants: Bool { get }
}

extension PictureAugmentation {
  public static var actsAtInference: Bool { false }
  public static var obstacleToMasks: String? { nil }
  public static var obstacleToBoxes: String? { nil }
  public var scratchPictures: Int { 2 }
  public var bringsConstants: Bool { false }
  public func obstacle(channels: Int) -> String? { nil }
  public func movements(_ drawn: Drawn, _ size: ImageSize, _ memory: Buffer) -> [PictureMap] { [] }

  /// What its `apply` would make of a picture of three channels alone.
  func requireThreeChannels(_ channels: Int) -> String? {
    channels == 3 ? nil : "takes images of 3 channels, not of \(channels)"
  }
}

/// An augmentation that moves pixels by one map.
public protocol GeometricAugmentation: PictureAugmentation where Drawn == Homography {
  var fill: Fill { get }
  /// `bilinear` or `nearest`.
  var interpolation: Interpolation { get }
}

extension GeometricAugmentation {
  public var scratchPictures: Int { 1 }
  public var bringsConstants: Bool { fill.mode == .constant }

  public func apply(_ drawn: Homography, to picture: FloatPicture, _ memory: Buffer) {
    let before = picture.like(in: memory)
    before.copy(from: picture)
    PictureMap(drawn, fill, interpolation).apply(before, into: picture)
  }

  public func differentiate(_ drawn: Homography, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let behind = gradient.like(in: memory)
    behind.copy(from: gradient)
    PictureMap(drawn, fill, interpolation).differentiate(gradient: behind, into: gradient)
  }

  public func movements(_ drawn: Homography, _ size: ImageSize, _ memory: Buffer) -> [PictureMap] {
    [PictureMap(drawn, fill, interpolation)]
  }

  /// Keras's `fill_mode`, `fill_value` and `interpolation`.
  var fillArguments: [String: ArgumentValue] {
    [
      "fill_mode": .text(fill.mode.rawValue), "fill_value": .number(fill.value),
      "interpolation": .text(interpolation.rawValue),
    ]
  }
}
