import Tensors

// What geometric transforms do to the columns of a sample.
extension Sample {
  /// Takes a column over from another sample.
  ///
  /// - Parameter place: of the column in the other sample; nil for the same.
  mutating func copy(_ column: Int, from other: Sample, _ place: Int? = nil) {
    let place = place ?? column
    precondition(columns[column].size == other.columns[place].size)
    unsafe start(of: column).copyMemory(from: other.start(of: place), byteCount: columns[column].size)
  }

  /// Takes a column over, bytes of an image as floats.
  ///
  /// - Parameter place: of the column in the other sample.
  mutating func copyAsFloats(_ column: Int, from other: Sample, _ place: Int) {
    guard other.columns[place].element != columns[column].element else { return copy(column, from: other, place) }
    let (input, output) = unsafe (
      other.start(of: place).assumingMemoryBound(to: UInt8.self),
      start(of: column).assumingMemoryBound(to: Float.self)
    )
    for number in 0..<columns[column].shape.count { unsafe output[number] = Float(input[number]) }
  }

  /// Writes a picture whose pixels a map takes from another sample's: an image of floats, or a mask, of which the
  /// nearest pixel is taken whatever the interpolation.
  mutating func resample(
    _ column: Int, of other: Sample, _ map: AffineMap, _ interpolation: Interpolation, _ fill: Fill
  ) {
    let (input, output) = (other.columns[column].shape, columns[column].shape)
    let source = unsafe UnsafeRawPointer(other.start(of: column))
    let target = unsafe start(of: column)
    if columns[column].kind == .mask {
      unsafe Self.takeNearest(
        source.assumingMemoryBound(to: UInt8.self), input, target.assumingMemoryBound(to: UInt8.self), output, map,
        fill, outside: UInt8(columns[column].void ?? 0))
    } else if interpolation == .nearest {
      unsafe Self.takeNearest(
        source.assumingMemoryBound(to: Float.self), input, target.assumingMemoryBound(to: Float.self), output, map,
        fill, outside: Float(fill.value))
    } else {
      unsafe Self.interpolate(
        source.assumingMemoryBound(to: Float.self), input, target.assumingMemoryBound(to: Float.self), output, map,
        fill)
    }
  }

  private static func takeNearest<Number>(
    _ input: UnsafePointer<Number>, _ size: Shape, _ output: UnsafeMutablePointer<Number>, _ shape: Shape,
    _ map: AffineMap, _ fill: Fill, outside: Number
  ) {
    let channels = shape.channels
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        let point = map(Float(column) + 0.5, Float(row) + 0.5)
        let (x, y) = (pixel(point.x, of: size.width, fill), pixel(point.y, of: size.height, fill))
        let target = unsafe output + (row * shape.width + column) * channels
        for channel in 0..<channels {
          if let x, let y {
            unsafe target[channel] = input[(y * size.width + x) * channels + channel]
          } else {
            unsafe target[channel] = outside
          }
        }
      }
    }
  }

  /// The pixel that a point is in.
  private static func pixel(_ point: Float, of size: Int, _ fill: Fill) -> Int? {
    fill.index(Int(point.rounded(.down)), of: size)
  }

  private static func interpolate(
    _ input: UnsafePointer<Float>, _ size: Shape, _ output: UnsafeMutablePointer<Float>, _ shape: Shape,
    _ map: AffineMap, _ fill: Fill
  ) {
    let (channels, outside) = (shape.channels, Float(fill.value))
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        let point = map(Float(column) + 0.5, Float(row) + 0.5)
        // Between the centres of four pixels.
        let (x, y) = (point.x - 0.5, point.y - 0.5)
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (right, down) = (x - left, y - top)
        let columns = (fill.index(Int(left), of: size.width), fill.index(Int(left) + 1, of: size.width))
        let rows = (fill.index(Int(top), of: size.height), fill.index(Int(top) + 1, of: size.height))
        func value(_ row: Int?, _ column: Int?, _ channel: Int) -> Float {
          guard let row, let column else { return outside }
          return unsafe input[(row * size.width + column) * channels + channel]
        }
        let target = unsafe output + (row * shape.width + column) * channels
        for channel in 0..<channels {
          // What lies exactly on a pixel is that pixel, whatever is beside it.
          let (topLeft, topRight) = (value(rows.0, columns.0, channel), value(rows.0, columns.1, channel))
          let upper = topLeft + (topRight - topLeft) * right
          let (lowLeft, lowRight) = (value(rows.1, columns.0, channel), value(rows.1, columns.1, channel))
          let lower = lowLeft + (lowRight - lowLeft) * right
          unsafe target[channel] = upper + (lower - upper) * down
        }
      }
    }
  }

  /// Moves the boxes of a column to where a map has moved what they are around.
  mutating func moveBoxes(_ column: Int, _ map: AffineMap, from old: ImageSize, to new: ImageSize) {
    let (shape, inverse) = (columns[column].shape, map.inverse)
    let numbers = shape.channels
    var free = 0
    for first in stride(from: 0, to: shape.count, by: numbers) {
      let (left, top) = (self[column, first] * Float(old.width), self[column, first + 1] * Float(old.height))
      let (right, bottom) = (self[column, first + 2] * Float(old.width), self[column, first + 3] * Float(old.height))
      guard left < right, top < bottom else { continue }
      let corners = [inverse(left, top), inverse(right, top), inverse(left, bottom), inverse(right, bottom)]
      func part(_ points: [Float], _ size: Int) -> (least: Float, greatest: Float) {
        (min(max(points.min()! / Float(size), 0), 1), min(max(points.max()! / Float(size), 0), 1))
      }
      let (x, y) = (part(corners.map(\.x), new.width), part(corners.map(\.y), new.height))
      guard x.least < x.greatest, y.least < y.greatest else { continue }
      let others = (4..<numbers).map { self[column, first + $0] }
      for (offset, number) in ([x.least, y.least, x.greatest, y.greatest] + others).enumerated() {
        self[column, free + offset] = number
      }
      free += numbers
    }
    for place in free..<shape.count { self[column, place] = 0 }
  }
}
