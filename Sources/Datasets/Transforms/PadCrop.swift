public import Tensors

/// Surrounds what enters the network with so many zero pixels and cuts a random part of the original size out.
public struct PadCrop: WindowTransform {
  public static let kerasName = "padCrop"

  public var pixels: Int

  public init(_ pixels: Int) { self.pixels = pixels }

  public init(from decoder: any Decoder) throws {
    pixels = try decoder.singleValueContainer().decode(Int.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(pixels)
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try requireImages(columns)
    try requireVoid(columns)
    let shape = columns[0].shape
    guard pixels > 0, pixels <= min(shape.height, shape.width) else {
      throw DataError(
        "augmentation.padCrop", "\(pixels) pixels do not suit images of \(shape.height)x\(shape.width)",
        remedy: "give 1 to \(min(shape.height, shape.width))")
    }
    return columns
  }

  public func change(_ window: inout Window, random: inout RandomStream) {
    let up = random.integer(below: 2 * pixels + 1) - pixels
    window.shift(up: up, left: random.integer(below: 2 * pixels + 1) - pixels)
  }
}
