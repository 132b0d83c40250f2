/// The formats of image files that are decoded, told apart by their first bytes.
enum ImageFormat: CaseIterable {
  case jpeg, png, webP, gif, bmp, tiff, portableMap

  /// So many first bytes tell the format.
  static let startSize = 32

  /// - Parameter start: the first bytes of a file.
  init?(start: some Collection<UInt8>) {
    let start = Array(start.prefix(ImageFormat.startSize))
    func begins(_ mark: [UInt8], at place: Int = 0) -> Bool { start.dropFirst(place).starts(with: mark) }
    if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins(PNGStructure.signature) {
      self = .png
    } else if begins(Array("RIFF".utf8)), begins(Array("WEBP".utf8), at: 8) {
      self = .webP
    } else if begins(Array("GIF87a".utf8)) || begins(Array("GIF89a".utf8)) {
      self = .gif
    } else if begins(Array("BM".utf8)), start.count >= 18, BMPReader.headerSizes.contains(Int(start[14])),
      start[15..<18].allSatisfy({ $0 == 0 })
    {
      self = .bmp
    } else if [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B]]
      .contains(where: { begins($0) })
    {
      self = .tiff
    } else if start.count >= 4, start[0] == UInt8(ascii: "P"), (0x31...0x36).contains(start[1]),
      PortableMapReader.isSpace(start[2])
    {
      self = .portableMap
    } else {
      return nil
    }
  }

  var reader: any ImageReader.Type {
    switch self {
    case .jpeg: JPEGReader.self
    case .png: PNGReader.self
    case .webP: WebPReader.self
    case .gif: GIFReader.self
    case .bmp: BMPReader.self
    case .tiff: TIFFReader.self
    case .portableMap: PortableMapReader.self
    }
  }

  /// Endings of the names of such files, in small letters.
  var suffixes: Set<String> {
    switch self {
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .png: ["png"]
    case .webP: ["webp"]
    case .gif: ["gif"]
    case .bmp: ["bmp", "dib"]
    case .tiff: ["tif", "tiff"]
    case .portableMap: ["ppm", "pgm", "pbm", "pnm"]
    }
  }

  /// Whether all images of the format have 8 bits at most.
  var isOfBytes: Bool {
    switch self {
    case .jpeg, .webP, .gif, .bmp: true
    case .png, .tiff, .portableMap: false
    }
  }
}
