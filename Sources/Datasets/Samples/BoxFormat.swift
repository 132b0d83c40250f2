/// How the four numbers of a box are written, by Keras's names. Numbers count pixels from the left and upper edge of
/// the image, or, with `rel`, are parts of its width and height.
public enum BoxFormat: String, Hashable, Sendable, Codable, CaseIterable {
  /// Left, top, right, bottom.
  case xyxy
  /// Top, left, bottom, right.
  case yxyx
  /// Left, top, width, height.
  case xywh
  /// The middle, then width and height.
  case centerXYWH = "center_xywh"
  case relativeXYXY = "rel_xyxy"
  case relativeYXYX = "rel_yxyx"
  case relativeXYWH = "rel_xywh"
  case relativeCenterXYWH = "rel_center_xywh"

  /// Left, top, right and bottom as parts of an image's width and height.
  func relative(_ box: (Float, Float, Float, Float), height: Int, width: Int) -> (Float, Float, Float, Float) {
    let (left, top, right, bottom) = edges(box)
    let isRelative = rawValue.hasPrefix("rel")
    let (width, height) = isRelative ? (1, 1) : (Float(width), Float(height))
    return (left / width, top / height, right / width, bottom / height)
  }

  /// A place in which a box cannot be.
  enum Fault { case withoutArea, inverted, outside }

  /// What is wrong with a box in an image of a size; nil where nothing is.
  func fault(_ box: (Float, Float, Float, Float), height: Int, width: Int) -> Fault? {
    let (left, top, right, bottom) = relative(box, height: height, width: width)
    guard left < right, top < bottom else { return left > right || top > bottom ? .inverted : .withoutArea }
    // Corners are rounded where others have written them.
    let least = -Float(1e-4)
    return left >= least && top >= least && right <= 1 - least && bottom <= 1 - least ? nil : .outside
  }

  private func edges(_ box: (Float, Float, Float, Float)) -> (Float, Float, Float, Float) {
    switch self {
    case .xyxy, .relativeXYXY: box
    case .yxyx, .relativeYXYX: (box.1, box.0, box.3, box.2)
    case .xywh, .relativeXYWH: (box.0, box.1, box.0 + box.2, box.1 + box.3)
    case .centerXYWH, .relativeCenterXYWH:
      (box.0 - box.2 / 2, box.1 - box.3 / 2, box.0 + box.2 / 2, box.1 + box.3 / 2)
    }
  }
}
