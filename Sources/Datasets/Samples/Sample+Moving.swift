import Kernels
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

  /// An image of floats, or each frame of a clip, where it lies.
  func pictures(of column: Int) -> [FloatPicture] {
    let (shape, numbers) = (columns[column].shape, memory(of: column))
    let count = shape.height * shape.width * shape.channels
    return (0..<shape.depth).map { frame in
      FloatPicture(
        height: shape.height, width: shape.width, channels: shape.channels,
        in: numbers[frame * count..<(frame + 1) * count])
    }
  }

  /// Writes an image of floats whose pixels a map takes from another sample's.
  mutating func resample(_ column: Int, of other: Sample, _ map: PictureMap) {
    for (input, output) in zip(other.pictures(of: column), pictures(of: column)) { map.apply(input, into: output) }
  }

  /// Writes a mask, of which the nearest pixel is taken whatever the interpolation.
  mutating func resampleMask(_ column: Int, of other: Sample, _ map: PictureMap) {
    let (old, new) = (other.columns[column].shape, columns[column].shape)
    map.applyToMask(
      other.memory(of: column), ImageSize(old), into: memory(of: column), ImageSize(new), channels: new.channels,
      outside: UInt8(columns[column].void ?? 0))
  }

  /// Moves the pixels of a mask.
  ///
  /// - Parameter scratch: memory for as many bytes.
  mutating func moveMask(_ column: Int, _ map: PictureMap, _ scratch: Buffer) {
    let (shape, own) = (columns[column].shape, memory(of: column))
    let before = scratch[0..<own.count]
    before.copy(from: own)
    map.applyToMask(
      before, ImageSize(shape), into: own, ImageSize(shape), channels: shape.channels,
      outside: UInt8(columns[column].void ?? 0))
  }

  /// Moves the boxes of a column to where a map has moved what they are around.
  mutating func moveBoxes(_ column: Int, _ map: Homography, from old: ImageSize, to new: ImageSize) {
    let (shape, inverse) = (columns[column].shape, map.inverse)
    let numbers = shape.channels
    var free = 0
    for first in stride(from: 0, to: shape.count, by: numbers) {
      let (left, top) = (self[column, first] * Float(old.width), self[column, first + 1] * Float(old.height))
      let (right, bottom) = (self[column, first + 2] * Float(old.width), self[column, first + 3] * Float(old.height))
      guard left < right, top < bottom else { continue }
      let corners = [inverse(left, top), inverse(right, top), inverse(left, bottom), inverse(right, bottom)]
      guard corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { continue }
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
