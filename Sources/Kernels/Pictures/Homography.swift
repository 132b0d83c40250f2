/// Where the points of an output come from: (x, y) shows ((a x + b y + c) / k, (d x + e y + f) / k) of the input, with
/// k = g x + h y + 1. Points are counted in pixels from the left and upper edge, so that the centre of the first pixel
/// is (0.5, 0.5).
public struct Homography: Hashable, Sendable {
  public var a: Float, b: Float, c: Float
  public var d: Float, e: Float, f: Float
  public var g: Float, h: Float

  public init(
    a: Float, b: Float, c: Float, d: Float, e: Float, f: Float, g: Float = 0, h: Float = 0
  ) {
    (self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h) = (a, b, c, d, e, f, g, h)
  }

  /// Each point where it is.
  public static let identity = Homography(a: 1, b: 0, c: 0, d: 0, e: 1, f: 0)

  /// Each point where it is, moved.
  public static func moving(x: Float, y: Float) -> Homography { Homography(a: 1, b: 0, c: x, d: 0, e: 1, f: y) }

  /// A linear map about the middle of an image.
  public static func around(_ size: ImageSize, a: Float, b: Float, d: Float, e: Float) -> Homography {
    let (x, y) = (Float(size.width) / 2, Float(size.height) / 2)
    return Homography(a: a, b: b, c: x - a * x - b * y, d: d, e: e, f: y - d * x - e * y)
  }

  /// The map whose coordinates count from the centre of the first pixel, as TensorFlow has them: nine numbers, row by
  /// row. The last may be any but 0.
  public static func ofCentres(_ m: [Double]) -> Homography {
    precondition(m.count == 9)
    // Half a pixel back, the map, half a pixel forth.
    var moved = m
    for row in 0..<3 { moved[3 * row + 2] -= (m[3 * row] + m[3 * row + 1]) / 2 }
    for column in 0..<3 {
      let last = moved[6 + column] / 2
      moved[column] += last
      moved[3 + column] += last
    }
    let n = moved.map { Float($0 / moved[8]) }
    return Homography(a: n[0], b: n[1], c: n[2], d: n[3], e: n[4], f: n[5], g: n[6], h: n[7])
  }

  /// The map that shows at each of four points, counted from the centre of the first pixel, another one: Keras's
  /// `compute_homography_matrix`, by elimination in doubles. Nil where three of the points are on one line.
  public static func moving(
    _ shown: [(x: Double, y: Double)], to points: [(x: Double, y: Double)]
  ) -> Homography? {
    precondition(shown.count == 4 && points.count == 4)
    var rows: [[Double]] = []
    for (from, to) in zip(shown, points) {
      rows.append([to.x, to.y, 1, 0, 0, 0, -from.x * to.x, -from.x * to.y, from.x])
      rows.append([0, 0, 0, to.x, to.y, 1, -from.y * to.x, -from.y * to.y, from.y])
    }
    for column in 0..<8 {
      let pivot = (column..<8).max { rows[$0][column].magnitude < rows[$1][column].magnitude }!
      guard rows[pivot][column].magnitude > 1e-12 else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<8 where row != column {
        let share = rows[row][column] / rows[column][column]
        for place in column..<9 { rows[row][place] -= share * rows[column][place] }
      }
    }
    let map = ofCentres((0..<8).map { rows[$0][8] / rows[$0][$0] } + [1])
    return [map.a, map.b, map.c, map.d, map.e, map.f, map.g, map.h].allSatisfy(\.isFinite) ? map : nil
  }

  public func callAsFunction(_ x: Float, _ y: Float) -> (x: Float, y: Float) {
    let (right, down) = (a * x + b * y + c, d * x + e * y + f)
    guard !isAffine else { return (right, down) }
    let scale = g * x + h * y + 1
    return (right / scale, down / scale)
  }

  public var isAffine: Bool { g == 0 && h == 0 }

  /// Where points of the input go.
  public var inverse: Homography {
    guard !isAffine else {
      let determinant = self.a * self.e - self.b * self.d
      let (a, b, d, e) = (self.e / determinant, -self.b / determinant, -self.d / determinant, self.a / determinant)
      return Homography(a: a, b: b, c: -(a * c + b * f), d: d, e: e, f: -(d * c + e * f))
    }
    let scale = a * e - b * d
    return Homography(
      a: (e - f * h) / scale, b: (c * h - b) / scale, c: (b * f - c * e) / scale, d: (f * g - d) / scale,
      e: (a - c * g) / scale, f: (c * d - a * f) / scale, g: (d * h - e * g) / scale, h: (b * g - a * h) / scale)
  }

  /// By how many whole pixels it moves, if it does nothing else.
  public var wholePixels: (right: Int, down: Int)? {
    guard a == 1, b == 0, d == 0, e == 1, isAffine, let right = Int(exactly: c), let down = Int(exactly: f) else {
      return nil
    }
    return (right, down)
  }
}
