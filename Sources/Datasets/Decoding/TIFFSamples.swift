import CTIFF
import Tensors

/// Numbers of a TIFF file, taken out of its strips or tiles.
@safe
struct TIFFSamples {
  private let layout: TIFFLayout
  /// Those that are taken of a pixel.
  private let channels: Int
  private let keepsAlpha: Bool

  /// Bytes of a strip or tile above which a file is refused.
  private static let blockLimit = 1 << 29

  init(_ layout: TIFFLayout, keepsAlpha: Bool) {
    self.layout = layout
    // Colours that alpha has been multiplied into need it.
    channels = layout.colors + (layout.hasAlpha && (keepsAlpha || layout.isPremultiplied) ? 1 : 0)
    self.keepsAlpha = keepsAlpha
  }

  /// - Returns: nil where the file is damaged.
  func read(_ file: TIFFFile) -> Image? {
    let shape = Shape(layout.height, layout.width, channels)
    let image: Image
    if layout.numbers == .bytes {
      let table = byteTable
      guard let bytes = numbers(file, { table[Int($0)] }, UInt8(0)) else { return nil }
      image = Image(shape: shape, .bytes(bytes))
    } else {
      guard let floats = numbers(file, float, Float(0)) else { return nil }
      image = Image(shape: shape, .floats(floats))
    }
    let colors = layout.isPremultiplied && layout.hasAlpha ? image.dividedByAlpha() : image
    return keepsAlpha ? colors : colors.flattened(over: nil)
  }

  /// Bytes of unsigned numbers of at most 8 bits.
  private var byteTable: [UInt8] {
    let greatest = 1 << layout.bits - 1
    return (0...greatest).map { number in
      UInt8(((layout.photometric == 0 ? greatest - number : number) * 510 + greatest) / (2 * greatest))
    }
  }

  /// A number of any other kind.
  private func float(_ stored: UInt64) -> Float {
    switch (layout.format, layout.bits) {
    case (3, 16): return Float(Float16(bitPattern: UInt16(stored)))
    case (3, 32): return Float(bitPattern: UInt32(stored))
    case (3, _): return Float(Double(bitPattern: stored))
    case (2, 16): return Float(Int16(bitPattern: UInt16(stored)))
    case (2, _): return Float(Int32(bitPattern: UInt32(stored)))
    default:
      let greatest = UInt64(1) << UInt64(layout.bits) - 1
      return Float(Double(layout.photometric == 0 ? greatest - stored : stored) / Double(greatest))
    }
  }

  /// All numbers that are taken, in the order of an image.
  private func numbers<Number>(
    _ file: TIFFFile, _ number: (UInt64) -> Number, _ zero: Number
  ) -> [Number]? {
    let (height, width) = (layout.height, layout.width)
    let (tall, wide) = layout.tile ?? (min(max(1, file.long(TIFFTAG_ROWSPERSTRIP)), height), width)
    let rowSize = layout.rowSize(width: wide)
    let isTiled = layout.tile != nil
    // What libtiff writes is what the numbers in the file take.
    let blockSize = unsafe Int(
      (isTiled ? CTIFF_find_TIFFTileSize(file.library) : CTIFF_find_TIFFStripSize(file.library))!(file.handle))
    guard blockSize == rowSize * tall, blockSize <= TIFFSamples.blockLimit else { return nil }
    let findTile = unsafe CTIFF_find_TIFFComputeTile(file.library)!
    let readTile = unsafe CTIFF_find_TIFFReadEncodedTile(file.library)!
    let findStrip = unsafe CTIFF_find_TIFFComputeStrip(file.library)!
    let readStrip = unsafe CTIFF_find_TIFFReadEncodedStrip(file.library)!
    var block = [UInt8](repeating: 0, count: blockSize)
    var numbers = [Number](repeating: zero, count: height * width * channels)
    for plane in 0..<(layout.isPlanar ? channels : 1) {
      for top in stride(from: 0, to: height, by: tall) {
        for left in stride(from: 0, to: width, by: wide) {
          let rows = min(tall, height - top)
          let expected = isTiled ? blockSize : rows * rowSize
          let got = unsafe block.withUnsafeMutableBytes { block in
            if isTiled {
              let tile = unsafe findTile(file.handle, UInt32(left), UInt32(top), 0, UInt16(plane))
              return unsafe Int(readTile(file.handle, tile, block.baseAddress, Int64(blockSize)))
            }
            let strip = unsafe findStrip(file.handle, UInt32(top), UInt16(plane))
            return unsafe Int(readStrip(file.handle, strip, block.baseAddress, Int64(expected)))
          }
          guard got == expected else { return nil }
          let samples = layout.isPlanar ? 1 : layout.samples
          for row in 0..<rows {
            for column in 0..<min(wide, width - left) {
              let target = ((top + row) * width + left + column) * channels
              for channel in 0..<(layout.isPlanar ? 1 : channels) {
                let stored = stored(block, row * rowSize, column * samples + channel)
                numbers[target + plane + channel] = number(stored)
              }
            }
          }
        }
      }
    }
    return numbers
  }

  /// The bits of a number of a row.
  private func stored(_ block: [UInt8], _ row: Int, _ index: Int) -> UInt64 {
    let bits = layout.bits
    if bits == 8 { return UInt64(block[row + index]) }
    if bits >= 16, bits % 8 == 0 {
      // In the order of this machine, the least first; those of 24 bits stay as they are in the file.
      return (0..<bits / 8).reversed().reduce(0) { $0 << 8 | UInt64(block[row + index * (bits / 8) + $1]) }
    }
    // The leftmost number has the highest bits.
    return (0..<bits).reduce(0) { value, bit in
      let place = index * bits + bit
      return value << 1 | UInt64(block[row + place / 8] >> UInt8(7 - place % 8) & 1)
    }
  }
}

extension Image {
  /// Colours that alpha has not been multiplied into.
  fileprivate func dividedByAlpha() -> Image {
    with(shape, { Image.divide($0, channels: shape.channels) }, { Image.divide($0, channels: shape.channels) })
  }

  private static func divide<Number: PixelNumber>(_ numbers: [Number], channels: Int) -> [Number] {
    var result = numbers
    let white = Number.white.float
    for pixel in stride(from: 0, to: numbers.count, by: channels) {
      let alpha = numbers[pixel + channels - 1].float / white
      for channel in pixel..<pixel + channels - 1 where alpha > 0 {
        result[channel] = Number(nearest: min(numbers[channel].float / alpha, white))
      }
    }
    return result
  }
}
