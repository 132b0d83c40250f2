import Foundation
import Training

/// Images named on the command line.
enum ImageFiles {
  /// The image itself, or all images in a folder and those below it, in the order of their names.
  static func list(_ path: String) throws(TrainingError) -> [String] {
    guard let kind = Location.kind(path) else {
      throw TrainingError(.data, "\(path) does not exist; give an image or a folder of images.")
    }
    guard kind == .folder else { return [path] }
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let images = names.filter { name in [".jpg", ".jpeg", ".png"].contains { name.lowercased().hasSuffix($0) } }
      .sorted()
    guard !images.isEmpty else {
      throw TrainingError(.data, "\(path) holds no .jpg, .jpeg or .png files; give an image or a folder of images.")
    }
    return images.map { "\(path)/\($0)" }
  }
}
