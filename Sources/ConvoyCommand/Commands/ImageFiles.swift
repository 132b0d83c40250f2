import Datasets
import Keras
import Tensors
import Training

/// Images named on the command line.
enum ImageFiles {
  /// The image itself, or all images in a folder and those below it, in the order of their names, and what was left
  /// out.
  static func list(_ path: String) throws -> (files: [String], notice: String?) {
    guard let kind = Location.kind(path) else {
      throw TrainingError(.data, "\(path) does not exist; give an image or a folder of images.")
    }
    guard kind == .folder else { return ([path], nil) }
    let listing = try ImageListing(folder: path)
    return (listing.files, listing.notice)
  }

  /// Sizes to read a model with that leaves them open, before it runs images of their own sizes: those of the first
  /// image that can be read.
  static func openSizes(_ files: [String]) -> OpenSizes {
    let shape = files.lazy.compactMap { try? ImageFolderSource(files: [$0]).shape }.first
    return .all(shape.map { max($0.height, $0.width) } ?? 224)
  }
}
