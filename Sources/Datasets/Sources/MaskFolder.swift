/// A folder `images` of images and, beside it, a folder of masks for each column of masks: PNG files of the same names
/// but for the ending.
enum MaskFolder {
  static func read(_ path: String, _ options: SourceOptions) throws(DataError) -> ImageFileSource {
    let image = options.columns.inOrderOfColumns.first { $0.choice.kind == .image }
    var parts: [ImageFileSource.Part] = [.image(named: image?.name ?? "image")]
    let folder = "\(path)/\(image?.choice.from?.first ?? "images")"
    guard Files.kind(folder) == .folder else {
      throw DataError(
        folder, "does not exist", remedy: "put the images there and their masks into folders beside it")
    }
    let listing = try ImageListing(folder: folder)
    for (name, choice) in options.columns.inOrderOfColumns where choice.kind != .image {
      guard choice.kind == .mask else {
        throw DataError(
          "data.columns.\(name)", "is of the kind \(choice.kind.rawValue), which folders do not hold",
          remedy: "list the samples in a CSV file, or store them in HDF5")
      }
      let masks = "\(path)/\(choice.from?.first ?? "masks")"
      var files: [String] = []
      for file in listing.files {
        let stem = file.dropFirst(folder.count).split(separator: ".", omittingEmptySubsequences: false).dropLast()
        let mask = "\(masks)\(stem.joined(separator: "."))"
        let candidates = ["png", "PNG", "jpg", "jpeg"].map { "\(mask).\($0)" }
        guard let found = candidates.first(where: { Files.kind($0) == .file }) else {
          throw DataError(file, "has no mask \(mask).png", remedy: "add it or remove the image")
        }
        files.append(found)
      }
      parts.append(.masks(choice, named: name, files))
    }
    return try ImageFileSource(
      path, listing.files, parts, shape: options.imageShape, resize: options.resize,
      notices: [listing.notice].compactMap(\.self))
  }
}
