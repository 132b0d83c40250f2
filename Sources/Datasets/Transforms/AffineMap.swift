/// Where the points of an output come from: (x, y) shows (a x + b y + c, d x + e y + f) of the input. Points are
/// counted in pixels from the left and upper edge, so that the centre of the first pixel is (0.5, 0.5).
public struct AffineMap: Hashable, Sendable {
  let a: Float, b: Float, c: Float
  let d: Float, e: Float, f: Float

  /// Each point where it is, moved.
  static func moving(x: Float, y: Float) -> AffineMap { AffineMap(a: 1, b: 0, c: x, d: 0, e: 1, f: y) }

  /// A linear map about the middle of an image.
  static func around(_ size: ImageSize, a: Float, b: Float, d: Float, e: Float) -> AffineMap {
    let (x, y) = (Float(size.width) / 2, Float(size.height) / 2)
    return AffineMap(a: a, b: b, c: x - a * x - b * y, d: d, e: e, f: y - d * x - e * y)
  }

  func callAsFunction(_ x: Float, _ y: Float) -> (x: Float, y: Float) { (a * x + b * y + c, d * x + e * y + f) }

  /// Where points of the input go.
  var inverse: AffineMap {
    let determinant = a * e - b * d
    let (a, b, d, e) = (self.e / determinant, -self.b / determinant, -self.d / determinant, self.a / determinant)
    return AffineMap(a: a, b: b, c: -(a * c + b * f), d: d, e: e, f: -(d * c + e * f))
  }
}
