/// What a file is that is taken for an image and is neither JPEG nor PNG, as far as its first bytes say it.
enum ForeignFile {
  private static let beginnings: [(bytes: [UInt8], name: String)] = [
    (Array("GIF8".utf8), "a GIF image"), (Array("BM".utf8), "a BMP image"),
    ([0x49, 0x49, 0x2A, 0x00], "a TIFF image"), ([0x4D, 0x4D, 0x00, 0x2A], "a TIFF image"),
    ([0xFF, 0x0A], "a JPEG XL image"), ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50], "a JPEG 2000 image"),
    (Array("%PDF".utf8), "a PDF document"), ([0x50, 0x4B, 0x03, 0x04], "a zip archive"),
  ]

  static func error(_ file: [UInt8], _ path: String) -> DataError {
    guard !file.isEmpty else {
      return DataError(path, "is empty", remedy: "get the file again or remove it")
    }
    let start = String(decoding: file.prefix(200), as: UTF8.self).drop { $0.isWhitespace }.lowercased()
    if start.hasPrefix("version https://git-lfs") {
      return DataError(path, "is a pointer of Git LFS instead of an image", remedy: "fetch the images with git lfs pull")
    }
    if ["<!doctype", "<html", "<?xml"].contains(where: start.hasPrefix) {
      return DataError(path, "is a web page instead of an image", remedy: "download the image again or remove the file")
    }
    guard let name = name(of: file) else {
      return DataError(
        path, "is neither a JPEG nor a PNG image", remedy: "remove the file or convert it to JPEG or PNG")
    }
    return DataError(path, "is \(name), which is not decoded", remedy: "convert it to JPEG or PNG or remove it")
  }

  private static func name(of file: [UInt8]) -> String? {
    let text = { (range: Range<Int>) in
      file.count >= range.upperBound ? String(decoding: file[range], as: UTF8.self) : ""
    }
    if text(0..<4) == "RIFF", text(8..<12) == "WEBP" { return "a WebP image" }
    if text(4..<8) == "ftyp" { return text(8..<12).hasPrefix("avi") ? "an AVIF image" : "an HEIC image or a film" }
    return beginnings.first { file.starts(with: $0.bytes) }?.name
  }
}
