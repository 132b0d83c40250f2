import Tensors

/// How a network gives the four numbers of a box, as parts of the image's width and height. Square roots of width and
/// height, as in YOLO, make an error count more in a small box than in a large one.
public enum BoxEncoding: String, Hashable, Sendable, Codable, CaseIterable {
  /// Left, top, right, bottom.
  case xyxy
  /// Top, left, bottom, right.
  case yxyx
  /// Left, top, width, height.
  case xywh
  /// The middle, then width and height.
  case centerXYWH = "center_xywh"
  /// Left, top, then the square roots of width and height.
  case xywhSqrt = "xywh_sqrt"
  /// The middle, then the square roots of width and height.
  case centerXYWHSqrt = "center_xywh_sqrt"

  private static let rootSuffix = "_sqrt"

  /// Nil where there is no such format, or no width and height of which there could be roots.
  ///
  /// - Parameters:
  ///   - format: Keras's name.
  ///   - isSquareRoot: whether width and height are given as their square roots.
  public init?(format: String, isSquareRoot: Bool) {
    guard let encoding = BoxEncoding(rawValue: format + (isSquareRoot ? BoxEncoding.rootSuffix : "")),
      encoding.isSquareRoot == isSquareRoot
    else { return nil }
    self = encoding
  }

  public var isSquareRoot: Bool { rawValue.hasSuffix(BoxEncoding.rootSuffix) }

  /// Keras's name, without the roots.
  public var format: String { isSquareRoot ? String(rawValue.dropLast(BoxEncoding.rootSuffix.count)) : rawValue }

  /// The numbers of a box.
  ///
  /// - Parameter box: left, top, right, bottom.
  public func encode(_ box: SIMD4<Float>) -> SIMD4<Float> {
    let (left, top, width, height) = (box.x, box.y, box.z - box.x, box.w - box.y)
    switch self {
    case .xyxy: return box
    case .yxyx: return SIMD4(top, left, box.w, box.z)
    case .xywh: return SIMD4(left, top, width, height)
    case .centerXYWH: return SIMD4(left + width / 2, top + height / 2, width, height)
    case .xywhSqrt: return SIMD4(left, top, width.squareRoot(), height.squareRoot())
    case .centerXYWHSqrt:
      return SIMD4(left + width / 2, top + height / 2, width.squareRoot(), height.squareRoot())
    }
  }

  /// Left, top, right and bottom.
  public func decode(_ numbers: SIMD4<Double>) -> SIMD4<Double> {
    var values = numbers
    if isSquareRoot {
      values.z *= values.z
      values.w *= values.w
    }
    switch self {
    case .xyxy: return values
    case .yxyx: return SIMD4(values.y, values.x, values.w, values.z)
    case .xywh, .xywhSqrt: return SIMD4(values.x, values.y, values.x + values.z, values.y + values.w)
    case .centerXYWH, .centerXYWHSqrt:
      return SIMD4(
        values.x - values.z / 2, values.y - values.w / 2, values.x + values.z / 2, values.y + values.w / 2)
    }
  }
}

extension Sample {
  /// Gives the boxes of a column the form in which the network learns them; rows that no box needs stay 0.
  mutating func encodeBoxes(_ column: Int) {
    let (shape, encoding) = (columns[column].shape, columns[column].encoding)
    for first in stride(from: 0, to: shape.count, by: shape.channels) {
      let box = SIMD4(self[column, first], self[column, first + 1], self[column, first + 2], self[column, first + 3])
      guard box.x < box.z, box.y < box.w else { continue }
      let numbers = encoding.encode(box)
      for place in 0..<4 { self[column, first + place] = numbers[place] }
    }
  }
}
