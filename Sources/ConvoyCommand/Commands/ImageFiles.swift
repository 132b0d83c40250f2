import Datasets
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
}
