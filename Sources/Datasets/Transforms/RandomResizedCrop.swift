public import Augmentations
internal import Foundation
public import Kernels
public import Tensors

/// Cuts a part of random area and aspect ratio out of every image, and makes it of one size (torchvision's
/// `RandomResizedCrop`), bilinearly. Where ten parts do not fit, the largest in the middle is taken. What is measured
/// is not cut: it is resized to that size.
public struct RandomResizedCrop: GeometricTransform, KerasArguments {
  public static let kerasName = "RandomResizedCrop"
  public static let shortForm = ["size"]

  public var height: Int, width: Int
  /// Parts of the area, and quotients of width and height.
  public var scale: FactorRange, ratio: FactorRange

  public init(
    height: Int, width: Int, scale: FactorRange = FactorRange(0.08, 1), ratio: FactorRange = FactorRange(0.75, 4.0 / 3)
  ) {
    (self.height, self.width, self.scale, self.ratio) = (height, width, scale, ratio)
  }

  /// Written `[224, 224]`, or `{height: 224, width: 224, scale: [0.2, 1]}`.
  public init(_ arguments: Arguments) throws(ArgumentError) {
    let size = arguments.numbers("size")?.compactMap { Int(exactly: $0) }
    guard size == nil || size!.count == 2 && size!.allSatisfy((1...65536).contains) else {
      throw arguments.error("size", "height and width, such as [224, 224]")
    }
    self.init(
      height: try arguments.integer("height", in: 1...65536, default: size?[0]),
      width: try arguments.integer("width", in: 1...65536, default: size?[1]),
      scale: try arguments.range("scale", in: 0.001...1, default: FactorRange(0.08, 1)),
      ratio: try arguments.range("ratio", in: 0.01...100, default: FactorRange(0.75, 4.0 / 3)))
  }

  public var arguments: [String: ArgumentValue] {
    [
      "height": .integer(height), "width": .integer(width), "scale": .pair(scale), "ratio": .pair(ratio),
    ]
  }

  public var outputSize: ImageSize? { ImageSize(height: height, width: width) }
  public var fill: Fill { Fill(.nearest) }
  public var interpolation: Interpolation { .bilinear }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireArguments()
    try requireImages(columns)
    return columns.map { column in
      var column = column
      if column.kind.isPicture {
        column.shape = Shape(column.shape.dimensions.dropLast(3) + [height, width, column.shape.channels])
      }
      return column
    }
  }

  public func map(_ size: ImageSize, random: inout RandomStream) -> Homography {
    let part = part(of: size, random: &random)
    return Homography(
      a: Float(part.width) / Float(width), b: 0, c: Float(part.left), d: 0, e: Float(part.height) / Float(height),
      f: Float(part.top))
  }

  private func part(
    of size: ImageSize, random: inout RandomStream
  ) -> (top: Int, left: Int, height: Int, width: Int) {
    let area = Double(size.height * size.width)
    for _ in 0..<10 {
      let wanted = area * Double(scale.draw(&random))
      let shape = exp(Double(FactorRange(log(ratio.lower), log(ratio.upper)).draw(&random)))
      let (width, height) = (Int((wanted * shape).squareRoot().rounded()), Int((wanted / shape).squareRoot().rounded()))
      guard (1...size.width).contains(width), (1...size.height).contains(height) else { continue }
      let top = random.integer(below: size.height - height + 1)
      return (top, random.integer(below: size.width - width + 1), height, width)
    }
    let shape = Double(size.width) / Double(size.height)
    let limited = min(max(shape, ratio.lower), ratio.upper)
    let width = limited > shape ? size.width : max(1, Int((Double(size.height) * limited).rounded()))
    let height = limited < shape ? size.height : max(1, Int((Double(size.width) / limited).rounded()))
    let (inside, tall) = (min(width, size.width), min(height, size.height))
    return ((size.height - tall) / 2, (size.width - inside) / 2, tall, inside)
  }
}
