import Tensors

/// An image of 32x32 cells, to compare images by: how bright each cell is, and for 8x8 larger ones how red and blue
/// beside that. White is 255.
struct Thumbnail {
  static let side = 32
  static let smallSide = 16
  static let coarseSide = 8

  let luma: [Float]
  let red: [Float], blue: [Float]
  /// Pixels of the shorter side of the image.
  let shortSide: Int

  init(_ image: Image) {
    let (shape, channels) = (image.shape, image.shape.channels)
    shortSide = min(shape.height, shape.width)
    let cells: [Float]
    switch image.pixels {
    case .bytes(let bytes): cells = Thumbnail.reduce(bytes, shape)
    case .floats(let floats):
      // Numbers on no usual scale lie between their own least and greatest.
      let reduced = Thumbnail.reduce(floats.map { $0.isFinite ? $0 : 0 }, shape)
      let (least, greatest) = (reduced.min() ?? 0, reduced.max() ?? 0)
      let isFraction = least >= 0 && greatest <= 1
      let (offset, range) = isFraction ? (0, 1) : (least, max(greatest - least, .leastNormalMagnitude))
      cells = reduced.map { ($0 - offset) / range * 255 }
    }
    func cell(_ index: Int, _ channel: Int) -> Float { cells[index * channels + channel] }
    let indices = 0..<Thumbnail.side * Thumbnail.side
    guard channels == 3 else {
      luma = indices.map { index in (0..<channels).reduce(0) { $0 + cell(index, $1) } / Float(channels) }
      (red, blue) = ([], [])
      return
    }
    let luma = indices.map { 0.299 * cell($0, 0) + 0.587 * cell($0, 1) + 0.114 * cell($0, 2) }
    red = Thumbnail.halve(Thumbnail.halve(indices.map { cell($0, 0) - luma[$0] }))
    blue = Thumbnail.halve(Thumbnail.halve(indices.map { cell($0, 2) - luma[$0] }))
    self.luma = luma
  }

  /// The brightness of 16x16 cells.
  var small: [Float] { Thumbnail.halve(luma) }

  /// A square plane of half the side.
  private static func halve(_ plane: [Float]) -> [Float] {
    let side = plane.count == Thumbnail.side * Thumbnail.side ? Thumbnail.side : Thumbnail.smallSide
    return (0..<side * side / 4).map { index in
      let start = index / (side / 2) * 2 * side + index % (side / 2) * 2
      return (plane[start] + plane[start + 1] + plane[start + side] + plane[start + side + 1]) / 4
    }
  }

  /// The mean of the pixels of each cell, those at its edge by the part that lies in it.
  private static func reduce<Number: PixelNumber>(_ pixels: [Number], _ shape: Shape) -> [Float] {
    let (height, width, channels) = (shape.height, shape.width, shape.channels)
    let (rows, columns) = (parts(of: height), parts(of: width))
    let stride = Thumbnail.side * channels
    var cells = [Float](repeating: 0, count: Thumbnail.side * stride)
    var line = [Float](repeating: 0, count: stride)
    var filled = -1
    for (cellRow, row) in rows.enumerated() {
      for part in row {
        if part.pixel != filled {
          filled = part.pixel
          for (cellColumn, column) in columns.enumerated() {
            for channel in 0..<channels {
              var sum: Float = 0
              for other in column {
                sum += pixels[(part.pixel * width + other.pixel) * channels + channel].float * other.share
              }
              line[cellColumn * channels + channel] = sum
            }
          }
        }
        for place in 0..<stride { cells[cellRow * stride + place] += line[place] * part.share }
      }
    }
    return cells
  }

  /// The pixels of an axis that lie in each cell, with their shares of it.
  private static func parts(of size: Int) -> [[(pixel: Int, share: Float)]] {
    (0..<side).map { cell in
      let (start, end) = (Double(cell * size) / Double(side), Double((cell + 1) * size) / Double(side))
      return (Int(start)..<min(size, Int(end.rounded(.up)))).compactMap { pixel in
        let share = (min(end, Double(pixel + 1)) - max(start, Double(pixel))) / (end - start)
        return share > 0 ? (pixel, Float(share)) : nil
      }
    }
  }
}
