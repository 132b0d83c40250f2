import CTIFF
import Tensors

/// TIFF through libtiff: the first image, in strips or tiles, of whatever compression libtiff has. Greys and colours
/// keep their depth; palettes, inks and other colour spaces become 8 bits each of red, green and blue.
@safe
struct TIFFReader: ImageReader {
  let header: ImageHeader
  private let file: [UInt8]
  private let place: String
  private let layout: TIFFLayout

  /// Pixels of a tile above which it is refused before memory is taken for it.
  private static let tileLimit = 1 << 24

  init(_ file: [UInt8], _ place: String) throws(DataError) {
    let found = try TIFFFile.with(file, place) { file in
      let layout = TIFFLayout(file)
      return (layout, refusal: TIFFReader.refusal(of: file, layout))
    }
    guard let (layout, refusal) = found else { throw TIFFReader.damage(place) }
    if let refusal {
      throw DataError(place, "the TIFF image is of a kind that is not read (\(refusal))", remedy: "convert it to PNG")
    }
    (self.file, self.place, self.layout) = (file, place, layout)
    header = ImageHeader(
      height: layout.height, width: layout.width, isGrey: layout.isPlain && layout.isGrey, numbers: layout.numbers,
      orientation: layout.orientation)
  }

  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image {
    let image = try TIFFFile.with(file, place) { file in
      guard layout.isPlain else { return TIFFReader.colors(of: file, layout) }
      return TIFFSamples(layout, keepsAlpha: keepsAlpha).read(file)
    }
    guard let image, let image else { throw TIFFReader.damage(place) }
    return image
  }

  /// The feature of a file that cannot be decoded; nil where there is none.
  private static func refusal(of file: TIFFFile, _ layout: TIFFLayout) -> String? {
    if unsafe CTIFF_find_TIFFIsCODECConfigured(file.library)(UInt16(truncatingIfNeeded: layout.compression)) == 0 {
      return "compression \(layout.compression)"
    }
    if layout.format == 2, layout.bits <= 8 { return "signed numbers of \(layout.bits) bits" }
    // Their conversion is a matter of colour profiles.
    if [PHOTOMETRIC_CIELAB, PHOTOMETRIC_ICCLAB, PHOTOMETRIC_ITULAB].contains(Int32(layout.photometric)) {
      return "CIELab"
    }
    if let tile = layout.tile {
      let (pixels, overflow) = tile.height.multipliedReportingOverflow(by: tile.width)
      if overflow || !(1...tileLimit).contains(pixels) { return "tiles of \(tile.height)x\(tile.width)" }
    }
    guard !layout.isPlain else { return layout.samples <= 64 ? nil : "\(layout.samples) numbers in a pixel" }
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { message in
      unsafe message.initialize(repeating: 0)
      return unsafe CTIFF_find_TIFFRGBAImageOK(file.library)(file.handle, message.baseAddress) == 1
        ? nil : String(cString: message.baseAddress!)
    }
  }

  /// Red, green, blue and alpha, as libtiff makes them of colours of any kind.
  private static func colors(of file: TIFFFile, _ layout: TIFFLayout) -> Image? {
    let count = layout.height * layout.width
    var isWhole = false
    let pixels = unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      isWhole =
        unsafe CTIFF_find_TIFFReadRGBAImageOriented(file.library)(
          file.handle, UInt32(layout.width), UInt32(layout.height), buffer.baseAddress,
          Int32(layout.orientation.rawValue), 1) == 1
      if !isWhole { unsafe buffer.initialize(repeating: 0) }
      initialized = count
    }
    guard isWhole else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * count)
    for pixel in pixels { for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: pixel >> UInt32(shift))) } }
    return Image(shape: Shape(layout.height, layout.width, 3), bytes: bytes)
  }

  private static func damage(_ place: String) -> DataError {
    DataError(place, "the TIFF image is truncated or damaged", remedy: "replace or remove the file")
  }
}
