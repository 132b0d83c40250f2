/// The pixels outside an image (Keras's `fill_mode` and `fill_value`).
public struct Fill: Hashable, Sendable {
  public var mode: Mode
  /// Of pixels outside, with `constant`: a number as images are stored.
  public var value: Double

  public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// The image, mirrored at its edge: d c b a | a b c d | d c b a.
    case reflect
    /// The image again: a b c d | a b c d | a b c d.
    case wrap
    /// One number.
    case constant
    /// The pixel at the edge.
    case nearest
  }

  public init(_ mode: Mode = .reflect, value: Double = 0) { (self.mode, self.value) = (mode, value) }

  /// The pixel that takes the place of one, which may be outside; nil for the constant.
  public func index(_ index: Int, of size: Int) -> Int? {
    if index >= 0 && index < size { return index }
    switch mode {
    case .constant: return nil
    case .nearest: return min(max(index, 0), size - 1)
    case .wrap: return ((index % size) + size) % size
    case .reflect:
      let place = ((index % (2 * size)) + 2 * size) % (2 * size)
      return place < size ? place : 2 * size - 1 - place
    }
  }
}
