/// A folder with a folder of images for each column of images or masks: files of the same names but for the ending,
/// masks as PNG. The first image is in `images`, masks are in `masks`, unless a configuration says otherwise.
enum MaskFolder {
  static func read(_ path: String, _ options: SourceOptions) throws(DataError) -> ImageFileSource {
    let choices = options.describingInputs { Files.kind("\(path)/\($0)") == .folder }.inOrderOfColumns
    let images = choices.filter { $0.choice.kind == .image }
    let first = images.first
    let (name, folder) = (first?.name ?? "image", "\(path)/\(MaskFolder.folder(of: first, path))")
    guard Files.kind(folder) == .folder else {
      throw DataError(
        folder, "does not exist", remedy: "put the images there and what belongs to them into folders beside it")
    }
    let listing = try ImageListing(folder: folder)
    var parts: [ImageFileSource.Part] = [
      .image(named: name, listing.files.map(StoredFile.init), shape: options.imageShape(of: name))
    ]
    for (name, choice) in choices where name != first?.name {
      guard choice.kind == .mask || choice.kind == .image else {
        throw DataError(
          "data.columns.\(name)", "is of the kind \(choice.kind.rawValue), which folders do not hold",
          remedy: "list the samples in a CSV file, or store them in HDF5")
      }
      let isMask = choice.kind == .mask
      let other = "\(path)/\(choice.from?.first ?? (isMask ? "masks" : name))"
      var files: [StoredFile] = []
      for file in listing.files {
        guard let found = partner(of: file, in: folder, other) else {
          let partner = partnerPath(of: file, in: folder, other)
          throw DataError(
            file, isMask ? "has no mask \(partner).png" : "has no '\(name)' \(partner).png, .jpg or the like",
            remedy: "add it or remove the image")
        }
        files.append(StoredFile(found))
      }
      parts.append(
        isMask
          ? .masks(choice, named: name, files)
          : .image(named: name, files, shape: options.imageShape(of: name, isFirst: false)))
    }
    return try ImageFileSource(
      path, parts, resize: options.resize, decoding: options.decoding,
      notices: [listing.notice].compactMap(\.self))
  }

  /// The file in another folder that belongs to an image; nil where there is none.
  static func partner(of file: String, in folder: String, _ other: String) -> String? {
    let path = partnerPath(of: file, in: folder, other)
    return ImageRule.endings.map { "\(path).\($0)" }.first { Files.kind($0) == .file }
  }

  /// The same without its ending.
  private static func partnerPath(of file: String, in folder: String, _ other: String) -> String {
    let stem = file.dropFirst(folder.count).split(separator: ".", omittingEmptySubsequences: false).dropLast()
    return "\(other)\(stem.joined(separator: "."))"
  }

  static func folder(of image: (name: String, choice: ColumnChoice)?, _ path: String) -> String {
    if let from = image?.choice.from?.first { return from }
    return image.map(\.name).flatMap { Files.kind("\(path)/\($0)") == .folder ? $0 : nil } ?? "images"
  }
}
