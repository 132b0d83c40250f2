public import Kernels
public import Tensors

/// Cuts a random part of so many pixels out of every image (Keras's `RandomCrop`), and out of its mask. What is
/// measured is not cut: it is resized to that size.
public struct RandomCrop: GeometricTransform {
  public static let kerasName = "RandomCrop"

  public var height: Int, width: Int

  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  private enum CodingKeys: String, CodingKey { case height, width }

  /// Written `[224, 224]` or `{height: 224, width: 224}`.
  public init(from decoder: any Decoder) throws {
    if let size = decoder.alone([Int].self), size.count == 2 {
      self.init(height: size[0], width: size[1])
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        height: try values.decode(Int.self, forKey: .height), width: try values.decode(Int.self, forKey: .width))
    }
  }

  public var outputSize: ImageSize? { ImageSize(height: height, width: width) }
  public var fill: Fill { Fill(.nearest) }
  public var interpolation: Interpolation { .nearest }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireImages(columns)
    let shape = columns[0].shape
    guard height > 0, width > 0, height <= shape.height, width <= shape.width else {
      throw DataError(
        "RandomCrop",
        "\(height)x\(width) (height x width) cannot be cut out of images of \(shape.height)x\(shape.width)",
        remedy: "give a smaller part, or larger images")
    }
    return columns.map { column in
      var column = column
      if column.kind.isPicture {
        column.shape = Shape(column.shape.dimensions.dropLast(3) + [height, width, column.shape.channels])
      }
      return column
    }
  }

  public func map(_ size: ImageSize, random: inout RandomStream) -> Homography {
    let top = random.integer(below: size.height - height + 1)
    return .moving(x: Float(random.integer(below: size.width - width + 1)), y: Float(top))
  }
}
