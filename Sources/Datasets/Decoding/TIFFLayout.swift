import CTIFF

/// The form of the pixels of a TIFF file.
struct TIFFLayout {
  let height: Int, width: Int
  /// Of a number.
  let bits: Int
  /// Numbers of a pixel.
  let samples: Int
  /// The format of numbers: 1 for unsigned integers, 2 for others, 3 for floats.
  let format: Int
  /// 0 where white is 0, 1 where black is, 2 for colours; others are palettes, inks and their like.
  let photometric: Int
  /// Whether each channel lies by itself.
  let isPlanar: Bool
  let orientation: Orientation
  let compression: Int
  /// Whether what follows the colours is alpha that they are multiplied by.
  let isPremultiplied: Bool
  /// Of a tile; nil where pixels lie in strips.
  let tile: (height: Int, width: Int)?

  init(_ file: TIFFFile) {
    (height, width) = (file.long(TIFFTAG_IMAGELENGTH), file.long(TIFFTAG_IMAGEWIDTH))
    (bits, samples) = (file.short(TIFFTAG_BITSPERSAMPLE), file.short(TIFFTAG_SAMPLESPERPIXEL))
    // Numbers of which nothing is said (4) are unsigned.
    let format = file.short(TIFFTAG_SAMPLEFORMAT)
    self.format = format == 4 || format == 0 ? 1 : format
    photometric = file.short(TIFFTAG_PHOTOMETRIC)
    isPlanar = samples > 1 && file.short(TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE
    orientation = Orientation(rawValue: file.short(TIFFTAG_ORIENTATION)) ?? .upright
    compression = file.short(TIFFTAG_COMPRESSION)
    isPremultiplied = file.shorts(TIFFTAG_EXTRASAMPLES).first == Int(EXTRASAMPLE_ASSOCALPHA)
    let isTiled = unsafe CTIFF_find_TIFFIsTiled(file.library)(file.handle) != 0
    tile = isTiled ? (file.long(TIFFTAG_TILELENGTH), file.long(TIFFTAG_TILEWIDTH)) : nil
  }

  /// Whether numbers are greys, or red, green and blue, and are taken as they are.
  var isPlain: Bool {
    let isColor = photometric == 2 && samples >= 3
    guard isColor || photometric <= 1 && samples >= 1 else { return false }
    switch format {
    case 1: return (1...32).contains(bits)
    case 2: return [16, 32].contains(bits)
    case 3: return [16, 32, 64].contains(bits)
    default: return false
    }
  }

  var isGrey: Bool { photometric <= 1 }
  /// Channels without what follows them.
  var colors: Int { isGrey ? 1 : 3 }
  var hasAlpha: Bool { samples > colors }

  var numbers: ImageNumbers {
    guard isPlain else { return .bytes }
    return format != 1 ? .measurements : bits > 8 ? .fractions : .bytes
  }

  /// Bytes of a row of some pixels.
  func rowSize(width: Int) -> Int { ((isPlanar ? 1 : samples) * width * bits + 7) / 8 }
}
