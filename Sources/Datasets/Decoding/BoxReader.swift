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
      let corners = (box[0], box[1], box[2], box[3])
      switch format.fault(corners, height: height, width: width) {
      case nil: break
      case .withoutArea, .inverted:
        throw DataError(place, "the box \(written) has no area", remedy: "correct the box, or its 'format'")
      case .outside:
        throw DataError(
          place, "the box \(written) is not inside the image of \(height)x\(width) (height x width)",
          remedy: "correct the box, or its 'format'")
      }
      let (left, top, right, bottom) = format.relative(corners, height: height, width: width)
      for (offset, edge) in [left, top, right, bottom].enumerated() {
        sample[column, first + offset] = min(max(edge, 0), 1)
      }
    }
  }
}
