import CWebP
import Tensors

/// WebP through libwebp, of an animation the first frame.
@safe
struct WebPReader: ImageReader {
  let header: ImageHeader
  private let file: [UInt8]
  private let place: String
  private let isAnimation: Bool

  init(_ file: [UInt8], _ place: String) throws(DataError) {
    let demux = unsafe try ImageLibrary.webpDemux.handle(for: place)
    let found: (header: ImageHeader, isAnimation: Bool)? = unsafe WebPReader.with(file) { data in
      guard let demuxer = unsafe CWebP_demux(demux, &data) else { return nil }
      defer { unsafe CWebP_find_WebPDemuxDelete(demux)(demuxer) }
      let number = unsafe CWebP_find_WebPDemuxGetI(demux)!
      let flags = unsafe number(demuxer, WEBP_FF_FORMAT_FLAGS)
      var orientation = Orientation.upright
      var chunk = unsafe WebPChunkIterator()
      if unsafe flags & EXIF_FLAG.rawValue != 0 && CWebP_find_WebPDemuxGetChunk(demux)(demuxer, "EXIF", 1, &chunk) != 0
      {
        let exif = unsafe UnsafeBufferPointer(start: chunk.chunk.bytes, count: chunk.chunk.size)
        // Some programs write the mark that JPEG has there.
        orientation = unsafe Orientation(
          exif: exif.starts(with: Array("Exif\0\0".utf8)) ? exif.dropFirst(6) : exif[...])
        unsafe CWebP_find_WebPDemuxReleaseChunkIterator(demux)(&chunk)
      }
      let header = unsafe ImageHeader(
        height: Int(number(demuxer, WEBP_FF_CANVAS_HEIGHT)),
        width: Int(number(demuxer, WEBP_FF_CANVAS_WIDTH)), isGrey: false, orientation: orientation)
      return (header, flags & ANIMATION_FLAG.rawValue != 0)
    }
    guard let found else { throw WebPReader.damage(place) }
    (header, isAnimation) = found
    (self.file, self.place) = (file, place)
  }

  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image {
    let isAnimation = isAnimation
    let webp = unsafe try ImageLibrary.webp.handle(for: place)
    let demux = unsafe try ImageLibrary.webpDemux.handle(for: place)
    let shape = Shape(header.height, header.width, keepsAlpha || isAnimation ? 4 : 3)
    var isWhole = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: shape.count) { buffer, count in
      isWhole = unsafe WebPReader.with(file) { data in
        guard isAnimation else {
          let (withAlpha, plain) = unsafe (
            CWebP_find_WebPDecodeRGBAInto(webp)!, CWebP_find_WebPDecodeRGBInto(webp)!
          )
          let decode = unsafe keepsAlpha ? withAlpha : plain
          return unsafe decode(
            data.bytes, data.size, buffer.baseAddress, shape.count, Int32(shape.width * shape.channels))
            != nil
        }
        guard let decoder = unsafe CWebP_animation(demux, &data) else { return false }
        defer { unsafe CWebP_find_WebPAnimDecoderDelete(demux)(decoder) }
        var (canvas, time) = unsafe (UnsafeMutablePointer<UInt8>?.none, Int32(0))
        guard unsafe CWebP_find_WebPAnimDecoderGetNext(demux)(decoder, &canvas, &time) != 0, let canvas = unsafe canvas
        else {
          return false
        }
        unsafe buffer.baseAddress!.update(from: canvas, count: shape.count)
        return true
      }
      if !isWhole { unsafe buffer.initialize(repeating: 0) }
      count = shape.count
    }
    guard isWhole else { throw WebPReader.damage(place) }
    let image = Image(shape: shape, bytes: bytes)
    return keepsAlpha ? image : image.flattened(over: nil)
  }

  private static func with<Result>(_ file: [UInt8], _ body: (inout WebPData) -> Result) -> Result {
    unsafe file.withUnsafeBufferPointer { file in
      var data = unsafe WebPData(bytes: file.baseAddress, size: file.count)
      return unsafe body(&data)
    }
  }

  private static func damage(_ place: String) -> DataError {
    DataError(place, "the WebP image is truncated or damaged", remedy: "replace or remove the file")
  }
}
