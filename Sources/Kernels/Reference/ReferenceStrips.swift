package import Tensors

/// The slow twin of `Strips`: everything follows from where a place of a strip lies in its image.
package struct ReferenceStrips {
  private let strips: Strips

  package init(_ strips: Strips) { self.strips = strips }

  /// Places that are in whole images; others stay 0.
  package func cut(_ image: ReferenceTensor) -> ReferenceTensor {
    var result = ReferenceTensor(strips.strip(of: image.shape)!, lanes: image.lanes)
    forEachPlace(of: result.shape, lanes: image.lanes) { lane, row, column, channel in
      let (y, x) = place(result.shape, lane, row, column)
      result[lane, 0, row, column, channel] = image[lane / strips.count, 0, y, x, channel]
    }
    return result
  }

  package func join(_ parts: ReferenceTensor) -> ReferenceTensor {
    var result = ReferenceTensor(strips.image(of: parts.shape), lanes: parts.lanes)
    forEachPlace(of: parts.shape, lanes: parts.lanes) { lane, row, column, channel in
      let (y, x) = place(parts.shape, lane, row, column)
      result[lane / strips.count, 0, y, x, channel] = parts[lane, 0, row, column, channel]
    }
    return result
  }

  /// The strips of images that are made of strips, with what lies around them.
  package func widened(_ parts: ReferenceTensor, _ halo: Strips.Halo) -> ReferenceTensor {
    let image = join(parts)
    var result = ReferenceTensor(strips.shape(parts.shape, with: halo), lanes: parts.lanes)
    forEachPlace(of: result.shape, lanes: parts.lanes) { lane, row, column, channel in
      let (y, x) = inner(row, column, halo)
      let (far, away) = place(parts.shape, lane, y, x)
      let isInside = (0..<image.shape.height).contains(far) && (0..<image.shape.width).contains(away)
      result[lane, 0, row, column, channel] =
        isInside ? image[lane / strips.count, 0, far, away, channel] : Double(halo.fill)
    }
    return result
  }

  /// The gradient of strips from that of what `widened` makes of them.
  package func summed(_ gradient: ReferenceTensor, _ halo: Strips.Halo) -> ReferenceTensor {
    let length = strips.length(of: gradient.shape) - halo.before - halo.after
    let shape = strips.shape(gradient.shape, length: length)
    var image = ReferenceTensor(strips.image(of: shape), lanes: gradient.lanes)
    forEachPlace(of: gradient.shape, lanes: gradient.lanes) { lane, row, column, channel in
      let (y, x) = inner(row, column, halo)
      let (far, away) = place(shape, lane, y, x)
      guard (0..<image.shape.height).contains(far), (0..<image.shape.width).contains(away) else { return }
      image[lane / strips.count, 0, far, away, channel] += gradient[lane, 0, row, column, channel]
    }
    return cut(image)
  }

  /// Images of these strips moved into other ones.
  package func moved(_ parts: ReferenceTensor, by move: StripMove, to image: Shape) -> ReferenceTensor {
    let whole = join(parts)
    var result = ReferenceTensor(image, lanes: parts.lanes)
    let images = parts.lanes / max(move.source.count, move.target.count)
    for lane in 0..<images {
      for row in 0..<image.height {
        for column in 0..<image.width {
          let (y, x) = (row + move.rows, column + move.columns)
          guard (0..<whole.shape.height).contains(y), (0..<whole.shape.width).contains(x) else { continue }
          for channel in 0..<image.channels {
            result[lane, 0, row, column, channel] = whole[lane, 0, y, x, channel]
          }
        }
      }
    }
    return ReferenceStrips(move.target).cut(result)
  }

  private func inner(_ row: Int, _ column: Int, _ halo: Strips.Halo) -> (Int, Int) {
    strips.axis == .rows ? (row - halo.before, column) : (row, column - halo.before)
  }

  /// Where a place of a strip lies in its image.
  private func place(_ strip: Shape, _ lane: Int, _ row: Int, _ column: Int) -> (Int, Int) {
    let start = lane % strips.count * strips.length(of: strip)
    return strips.axis == .rows ? (start + row, column) : (row, start + column)
  }

  /// The lanes that hold strips.
  private func forEachPlace(of shape: Shape, lanes: Int, _ body: (Int, Int, Int, Int) -> Void) {
    for lane in 0..<lanes / strips.count * strips.count {
      for row in 0..<shape.height {
        for column in 0..<shape.width {
          for channel in 0..<shape.channels { body(lane, row, column, channel) }
        }
      }
    }
  }
}
