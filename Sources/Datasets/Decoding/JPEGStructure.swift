/// The markers of a JPEG file (ITU-T T.81, annex B), followed as libjpeg follows them, without decoding what is
/// between them.
///
/// A decoder fills up what is missing with grey and only warns, as it does of oddities that mean nothing. So what
/// ends early is found here, as by Pillow: there is no end of the image.
struct JPEGStructure {
  /// Of the first frame; nil where the file ends before it.
  private(set) var frame: (height: Int, width: Int, components: Int)?
  /// Whether the end of the image is there. What follows it does not matter.
  private(set) var isWhole = false
  /// Exif and XMP data without their marks; empty where there are none.
  private(set) var exif: ArraySlice<UInt8> = [], xmp: ArraySlice<UInt8> = []

  private static let exifMark = Array("Exif\0\0".utf8)
  private static let xmpMark = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

  /// - Parameter file: begins with the start of an image.
  init(_ file: [UInt8]) {
    var place = 2
    while let marker = JPEGStructure.nextMarker(file, &place) {
      switch marker {
      case 0xD9:
        isWhole = true
        return
      case 0x01, 0xD0...0xD8: continue
      default: break
      }
      guard place + 2 <= file.count else { return }
      if frame == nil, JPEGStructure.isFrame(marker), place + 8 <= file.count {
        frame = (
          height: JPEGStructure.number(file, place + 3), width: JPEGStructure.number(file, place + 5),
          components: Int(file[place + 7])
        )
      }
      let end = place + max(JPEGStructure.number(file, place), 2)
      let body = file[place + 2..<max(place + 2, min(end, file.count))]
      if marker == 0xE1, exif.isEmpty, body.starts(with: JPEGStructure.exifMark) { exif = body.dropFirst(6) }
      if marker == 0xE1, body.starts(with: JPEGStructure.xmpMark) { xmp = body.dropFirst(JPEGStructure.xmpMark.count) }
      place = end
    }
  }

  /// The next marker, behind whatever comes before it: pixels, bytes that do not belong there, fill bytes.
  private static func nextMarker(_ file: [UInt8], _ place: inout Int) -> UInt8? {
    while place < file.count {
      while place < file.count, file[place] != 0xFF { place += 1 }
      while place < file.count, file[place] == 0xFF { place += 1 }
      guard place < file.count else { return nil }
      place += 1
      // A zero behind 0xFF makes a pixel's byte of it.
      if file[place - 1] != 0 { return file[place - 1] }
    }
    return nil
  }

  /// Start of a frame, of whatever process; the same range holds tables (0xC4, 0xCC) and an extension (0xC8).
  private static func isFrame(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
  }

  private static func number(_ file: [UInt8], _ place: Int) -> Int { Int(file[place]) << 8 | Int(file[place + 1]) }
}
