import Foundation
import Training

/// A folder with a picture for each image of a prediction, called as the image is, in folders like those of the images.
struct PictureFolder {
  private let folder: String
  /// The place of each image's picture in the folder.
  private let names: [String: String]

  /// - Parameters:
  ///   - option: what messages call it.
  ///   - listings: what was named on the command line, with the images that are there.
  init(
    _ folder: String, option: String, _ listings: [(path: String, files: [String])], inputs: [String?],
    overwrite: OverwriteOptions
  ) throws(TrainingError) {
    self.folder = folder
    var names: [String: String] = [:]
    var owners: [String: String] = [:]
    for (path, file) in listings.flatMap({ listing in listing.files.map { (listing.path, $0) } }) {
      let inside = file.hasPrefix("\(path)/") ? String(file.dropFirst(path.count + 1)) : file.lastComponent
      let name = inside.withoutExtension + ".png"
      if let owner = owners[name], owner != file {
        throw TrainingError(
          .configuration,
          "\(option): the pictures of \(owner) and \(file) would both be \(name); predict them into different folders.")
      }
      (owners[name], names[file]) = (file, name)
    }
    self.names = names
    try RunFolder(path: folder, option: option).make()
    let files = names.keys.sorted()
    try Destination.require(files.map { names[$0]! }, in: folder, inputs: inputs + files, overwrite: overwrite)
  }

  /// Writes the picture of an image, whole or not at all.
  func write(_ png: [UInt8], for file: String) throws(TrainingError) {
    guard let name = names[file] else { preconditionFailure("every image has its place") }
    let path = "\(folder)/\(name)"
    do {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw TrainingError(
        .data, "\(path) cannot be written (\(error.localizedDescription)); check the permissions and the space left.")
    }
    try OutputFile.write(png, to: path)
  }
}

extension String {
  fileprivate var lastComponent: String { split(separator: "/").last.map(String.init) ?? self }

  /// `a/b.jpg` without `.jpg`.
  fileprivate var withoutExtension: String {
    guard let dot = lastIndex(of: "."), !self[dot...].contains("/") else { return self }
    return String(self[..<dot])
  }
}
