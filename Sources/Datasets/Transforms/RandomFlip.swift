public import Kernels
public import Tensors

/// Mirrors every other image, at random (Keras's `RandomFlip`).
public struct RandomFlip: GeometricTransform, WindowTransform {
  public static let kerasName = "RandomFlip"

  public var mode: Mode

  public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Left and right change places.
    case horizontal
    /// Up and down change places.
    case vertical
    /// Either, drawn apart.
    case both = "horizontal_and_vertical"
  }

  public init(_ mode: Mode = .both) { self.mode = mode }

  private enum CodingKeys: String, CodingKey { case mode }

  /// Written `horizontal` or `{mode: horizontal}`.
  public init(from decoder: any Decoder) throws {
    if decoder.alone(String.self) != nil {
      self.init(try decoder.singleValueContainer().decode(Mode.self))
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(try values.decodeIfPresent(Mode.self, forKey: .mode) ?? .both)
    }
  }

  public var fill: Fill { Fill(.nearest) }
  public var interpolation: Interpolation { .nearest }

  public func map(_ size: ImageSize, random: inout RandomStream) -> Homography {
    var window = Window(height: size.height, width: size.width)
    change(&window, random: &random)
    return window.map
  }

  public func change(_ window: inout Window, random: inout RandomStream) {
    if mode != .vertical, random.uniform() < 0.5 { window.mirror() }
    if mode != .horizontal, random.uniform() < 0.5 { window.flip() }
  }
}
