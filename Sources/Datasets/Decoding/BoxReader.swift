import Tensors

/// Puts boxes as they are written into samples as parts of the image, after a look at whether they can be right.
struct BoxReader: Sendable {
  let format: BoxFormat

  /// Replaces the boxes of a sample.
  ///
  /// - Parameters:
  ///   - size: of the image in which they were drawn.
  ///   - place: what messages call the sample.
  func normalize(_ sample: inout Sample, _ column: Int, height: Int, width: Int, _ place: String) throws(DataError) {
    let shape = sample.columns[column].shape
    let numbers = shape.channels
    for first in stride(from: 0, to: shape.count, by: numbers) {
      let box = (0..<4).map { sample[column, first + $0] }
      // A row that no box needs; but where every image has one, there is no such row.
      if shape.rank > 1, (0..<numbers).allSatisfy({ sample[column, first + $0] == 0 }) { continue }
      let written = "(\(box.map { StoredNumbers.text(Double($0)) }.joined(separator: ", "))) as \(format.rawValue)"
      let (left, top, right, bottom) = format.relative((box[0], box[1], box[2], box[3]), height: height, width: width)
      guard left < right, top < bottom else {
        throw DataError(place, "the box \(written) has no area", remedy: "correct the box, or its 'format'")
      }
      // Corners are rounded where others have written them.
      let least = -Float(1e-4)
      guard left >= least, top >= least, right <= 1 - least, bottom <= 1 - least else {
        throw DataError(
          place, "the box \(written) is not inside the image of \(height)x\(width) (height x width)",
          remedy: "correct the box, or its 'format'")
      }
      for (offset, edge) in [left, top, right, bottom].enumerated() {
        sample[column, first + offset] = min(max(edge, 0), 1)
      }
    }
  }
}
