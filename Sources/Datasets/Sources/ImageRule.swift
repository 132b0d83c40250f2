/// Decides what is an image in a folder of images: one rule for training, evaluation and prediction.
///
/// A name that ends as those of images do is an image, and an error where it cannot be read as one. Whatever else
/// begins as an image that is decoded is one too. Hidden files, leftovers of operating systems and files of other
/// kinds are left out.
enum ImageRule {
  enum Verdict {
    case image
    case folder
    case leftOut(LeftOut.Reason)
  }

  /// Formats that are not decoded are here too, so that nobody's images are left out in silence.
  private static let suffixes: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "webp", "tif", "tiff", "heic", "heif", "avif", "jp2",
    "jxl", "ppm", "pgm", "pbm", "pnm",
  ]

  /// Endings of formats that have 8 bits at most.
  private static let suffixesOfBytes: Set<String> = ["jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp"]

  /// Endings of images that belong to another one, in the order in which they are looked for.
  static let endings = ["png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp", "gif", "pgm", "ppm"].flatMap {
    [$0, $0.uppercased()]
  }

  /// What Windows, macOS, Linux and the boxes of Synology leave in folders without hiding it.
  private static let leftovers: Set<String> = [
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "__macosx", "$recycle.bin", "icon\r",
    "system volume information", "lost+found", "@eadir",
  ]

  /// The columns of images that a file of an archive belongs to by its ending: `jpg` is the image, `left.jpg` is
  /// `left`.
  static func columns(ofEnding ending: String) -> [String] {
    let parts = ending.split(separator: ".", omittingEmptySubsequences: false)
    guard suffixes.contains(String(parts.last!)) else { return [] }
    return [parts.count == 1 ? "image" : parts.dropLast().joined(separator: ".")]
  }

  static func verdict(_ entry: Files.Entry, in folder: String) throws(DataError) -> Verdict {
    let name = entry.name.lowercased()
    if name.hasPrefix(".") { return .leftOut(.hidden) }
    if leftovers.contains(name) { return .leftOut(.system) }
    if entry.kind == .folder { return .folder }
    if let suffix = suffix(of: name), suffixes.contains(suffix) { return .image }
    let path = "\(folder)/\(entry.name)"
    // A link to nothing may have been a class; opening it says that it is one.
    if entry.kind == .special { return .leftOut(.special) }
    return ImageDecoder.isImage(try Files.bytes(path, limit: ImageFormat.startSize)) ? .image : .leftOut(.otherKind)
  }

  /// The kind of numbers of a column: that of the first of its files with more than bytes. Names of formats that
  /// have 8 bits at most say so; others are opened. A file that does not go with it is an error when it is read.
  static func numbers(of files: [StoredFile]) throws(DataError) -> ImageNumbers {
    var hasBytes = false
    for file in files {
      let isOfBytes = suffix(of: file.name.lowercased()).map(suffixesOfBytes.contains) ?? false
      // What cannot be read is reported when it is.
      guard let own = isOfBytes && files.count > 1 ? .bytes : ImageDecoder.numbers(of: file) else { continue }
      if own == .measurements, hasBytes { throw ImageNumbers.mixture(file.name) }
      if own != .bytes { return own }
      hasBytes = true
    }
    return .bytes
  }

  private static func suffix(of name: String) -> String? {
    name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) }
  }
}
