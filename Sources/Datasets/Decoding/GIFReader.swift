import CGIF
import Tensors

/// GIF through giflib: the first frame on the canvas, as Pillow shows it.
@safe
struct GIFReader: ImageReader {
  let header: ImageHeader
  private let file: [UInt8]
  private let place: String
  /// The first frame's place on the canvas.
  private let rows: Range<Int>, columns: Range<Int>
  private let isInterlaced: Bool
  /// Red, green and blue of each number.
  private let palette: [[UInt8]]
  /// The number of pixels that are not there; nil where all are.
  private let transparent: Int?

  init(_ file: [UInt8], _ place: String) throws(DataError) {
    let frame = try unsafe GIFReader.withFirstFrame(file, place) { _, gif, transparent in
      let description = unsafe gif.pointee.Image
      let map = unsafe description.ColorMap ?? gif.pointee.SColorMap
      let palette: [[UInt8]] =
        if let map = unsafe map {
          (0..<(unsafe Int(map.pointee.ColorCount))).map {
            let color = unsafe map.pointee.Colors[$0]
            return [color.Red, color.Green, color.Blue]
          }
        } else {
          (0...255).map { [$0, $0, $0] }
        }
      return unsafe (
        rows: Int(description.Top)..<Int(description.Top) + max(0, Int(description.Height)),
        columns: Int(description.Left)..<Int(description.Left) + max(0, Int(description.Width)),
        canvas: (height: Int(gif.pointee.SHeight), width: Int(gif.pointee.SWidth)),
        isInterlaced: description.Interlace, palette: palette, transparent: transparent
      )
    }
    (self.file, self.place, rows, columns) = (file, place, frame.rows, frame.columns)
    (isInterlaced, palette, transparent) = (frame.isInterlaced, frame.palette, frame.transparent)
    header = ImageHeader(
      height: max(frame.canvas.height, rows.upperBound), width: max(frame.canvas.width, columns.upperBound),
      isGrey: palette.allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] })
  }

  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image {
    let (height, width) = (header.height, header.width)
    var numbers = [UInt8](repeating: UInt8(transparent ?? 0), count: height * width)
    let lines = isInterlaced ? GIFReader.interlacedRows(rows) : Array(rows)
    let isWhole = try unsafe GIFReader.withFirstFrame(file, place) { library, gif, _ in
      let getLine = unsafe CGIF_find_DGifGetLine(library)!
      return unsafe numbers.withUnsafeMutableBufferPointer { numbers in
        for row in lines where !columns.isEmpty {
          let line = unsafe numbers.baseAddress! + row * width + columns.lowerBound
          guard unsafe getLine(gif, line, Int32(columns.count)) == GIF_OK else { return false }
        }
        return true
      }
    }
    guard isWhole else { throw GIFReader.damage(place) }
    let isGrey = header.isGrey
    let colors = isGrey ? 1 : 3
    let channels = colors + (keepsAlpha && transparent != nil ? 1 : 0)
    // All channels of every number, one after the other; numbers that the palette has not got are black.
    var table = [UInt8](repeating: 0, count: 256 * channels)
    for number in 0..<256 {
      for channel in 0..<colors where number < palette.count {
        table[number * channels + channel] = palette[number][channel]
      }
      if channels > colors { table[number * channels + colors] = number == transparent ? 0 : 255 }
    }
    var bytes = [UInt8](repeating: 0, count: numbers.count * channels)
    for (place, number) in numbers.enumerated() {
      for channel in 0..<channels { bytes[place * channels + channel] = table[Int(number) * channels + channel] }
    }
    return Image(shape: Shape(height, width, channels), bytes: bytes)
  }

  /// In the order in which they are stored.
  private static func interlacedRows(_ rows: Range<Int>) -> [Int] {
    [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { start, step in
      stride(from: rows.lowerBound + start, to: rows.upperBound, by: step)
    }
  }

  /// Runs up to the pixels of the first frame.
  ///
  /// - Parameter body: gets giflib, the file and the number of transparent pixels.
  private static func withFirstFrame<Result>(
    _ file: [UInt8], _ place: String,
    _ body: (UnsafeMutableRawPointer, UnsafeMutablePointer<GifFileType>, Int?) -> Result
  ) throws(DataError) -> Result {
    let library = unsafe try ImageLibrary.gif.handle(for: place)
    let result: Result? = unsafe file.withUnsafeBufferPointer { file in
      var rest = unsafe file[...]
      return unsafe withUnsafeMutablePointer(to: &rest) { rest in
        let read: InputFunc = { gif, target, count in
          guard
            let rest = unsafe gif?.pointee.UserData?.assumingMemoryBound(to: Slice<UnsafeBufferPointer<UInt8>>.self),
            let target = unsafe target
          else { return 0 }
          let part = unsafe rest.pointee.prefix(Int(count))
          let size = unsafe UnsafeMutableBufferPointer(start: target, count: Int(count)).update(fromContentsOf: part)
          unsafe rest.pointee.removeFirst(size)
          return Int32(size)
        }
        guard let gif = unsafe CGIF_find_DGifOpen(library)(rest, read, nil) else { return nil }
        defer { _ = unsafe CGIF_find_DGifCloseFile(library)(gif, nil) }
        guard let transparent = unsafe findFrame(library, gif) else { return nil }
        return unsafe body(library, gif, transparent)
      }
    }
    guard let result else { throw damage(place) }
    return result
  }

  /// - Returns: the number of transparent pixels, which there need not be; nil where there is no frame.
  private static func findFrame(
    _ library: UnsafeMutableRawPointer, _ gif: UnsafeMutablePointer<GifFileType>
  ) -> Int?? {
    var transparent: Int?
    var type = UNDEFINED_RECORD_TYPE
    while unsafe CGIF_find_DGifGetRecordType(library)(gif, &type) == GIF_OK {
      switch type {
      case IMAGE_DESC_RECORD_TYPE:
        return unsafe CGIF_find_DGifGetImageDesc(library)(gif) == GIF_OK ? .some(transparent) : nil
      case EXTENSION_RECORD_TYPE:
        var (code, block) = unsafe (Int32(0), UnsafeMutablePointer<UInt8>?.none)
        guard unsafe CGIF_find_DGifGetExtension(library)(gif, &code, &block) == GIF_OK else { return nil }
        while let bytes = unsafe block {
          var control = GraphicsControlBlock()
          if code == GRAPHICS_EXT_FUNC_CODE,
            unsafe CGIF_find_DGifExtensionToGCB(library)(Int(bytes[0]), bytes + 1, &control) == GIF_OK
          {
            transparent = control.TransparentColor >= 0 ? Int(control.TransparentColor) : nil
          }
          guard unsafe CGIF_find_DGifGetExtensionNext(library)(gif, &block) == GIF_OK else { return nil }
        }
      default: return nil
      }
    }
    return nil
  }

  private static func damage(_ place: String) -> DataError {
    DataError(place, "the GIF image is truncated or damaged", remedy: "replace or remove the file")
  }
}
