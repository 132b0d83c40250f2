import Archives
import Foundation
import TemporaryFiles

/// NumPy's arrays: the members of an archive (`.npz`), or the `.npy` files of a folder.
///
/// The array `images` of the split `train` may have the name `images`, `train_images`, `images_train` or, in a folder,
/// `train/images`. Where nothing says what the images and their classes are called, they are `images` and `labels`, or
/// `x` and `y`, in small or capital letters, as in Keras's `mnist.npz`: `x_train` and `y_train`.
struct NumPyArrays: ArrayGroup {
  let location: String
  let usualNames: (images: String, labels: String)
  /// Where arrays are, by their names.
  private let files: [String: Place]
  private let split: String?

  private enum Place {
    case file(String)
    case member(ZipArchive, ZipArchive.Entry)
  }

  private static let usual = [("images", "labels"), ("x", "y"), ("X", "Y"), ("X", "y"), ("image", "label")]

  /// Deflate shrinks by no more than this.
  private static let mostExpansion = 1032

  /// - Parameter images: what the images are called, where the location says it.
  private init(
    _ location: String, _ files: [String: Place], split: String?, images: String? = nil
  ) throws(DataError) {
    (self.location, self.files, self.split) = (location, files, split)
    func stored(_ name: String) -> Bool { NumPyArrays.names(name, split).contains { files[$0] != nil } }
    if let images {
      let labels = NumPyArrays.usual.map { images.replacing($0.0, with: $0.1) }.first { $0 != images && stored($0) }
      usualNames = (images, labels ?? "labels")
    } else {
      let pairs = NumPyArrays.usual
      usualNames = pairs.first { stored($0.0) && stored($0.1) } ?? pairs.first { stored($0.0) } ?? pairs[0]
    }
  }

  /// An archive.
  init(archive path: String, split: String?) throws(DataError) {
    let archive: ZipArchive
    do {
      archive = try ZipArchive(reading: path, mostExpansion: NumPyArrays.mostExpansion)
    } catch {
      throw DataError(error)
    }
    var files: [String: Place] = [:]
    for entry in archive.entries where entry.name.hasSuffix(".npy") {
      files[String(entry.name.dropLast(4))] = .member(archive, entry)
    }
    try self.init(path + (split.map { ":/\($0)" } ?? ""), files, split: split)
  }

  /// The folder of a file of images, and what belongs to them beside it.
  init(images path: String) throws(DataError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    let name = path[(slash.map(path.index(after:)) ?? path.startIndex)...].dropLast(4)
    try self.init(
      path, try NumPyArrays.files(of: folder, prefix: ""), split: nil, images: String(name))
  }

  /// A folder of `.npy` files; nil where it holds none for the split.
  init?(folder path: String, split: String?) throws(DataError) {
    var files = try NumPyArrays.files(of: path, prefix: "")
    if let split, Files.kind("\(path)/\(split)") == .folder {
      files.merge(try NumPyArrays.files(of: "\(path)/\(split)", prefix: "\(split)/")) { $1 }
    }
    guard !files.isEmpty else { return nil }
    try self.init(path + (split.map { ":/\($0)" } ?? ""), files, split: split)
    guard split == nil || files.keys.contains(where: { $0.contains(split!) }) else { return nil }
  }

  private static func files(of folder: String, prefix: String) throws(DataError) -> [String: Place] {
    var files: [String: Place] = [:]
    for entry in try Files.entries(of: folder)
    where entry.kind == .file && entry.name.hasSuffix(".npy") && !entry.name.hasPrefix(".") {
      files[prefix + entry.name.dropLast(4)] = .file("\(folder)/\(entry.name)")
    }
    return files
  }

  /// Names that an array may have in the file.
  private static func names(_ name: String, _ split: String?) -> [String] {
    guard let split else { return [name] }
    return ["\(split)/\(name)", "\(name)_\(split)", "\(split)_\(name)", name]
  }

  let classNames: [String] = []

  var names: [String] { files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  func contains(_ name: String) -> Bool { found(name) != nil }

  private func found(_ name: String) -> (name: String, place: Place)? {
    NumPyArrays.names(name, split).lazy.compactMap { name in files[name].map { (name, $0) } }.first
  }

  func array(_ name: String) throws(DataError) -> any SampleArray {
    guard let (_, place) = found(name) else {
      let splits = ["train", "test"].filter { split in split != self.split && names.contains { $0.contains(split) } }
      throw DataError(
        location, "has no array '\(name)', but \(names.prefix(20).joined(separator: ", "))",
        remedy: splits.isEmpty || split != nil
          ? "say with 'from' in 'data.columns' which is meant" : "add a split, such as :/\(splits[0])")
    }
    switch place {
    case .file(let path): return try NumPyArray(try RandomAccessFile(path), path)
    case .member(let archive, let entry):
      return try NumPyArray(try unpacked(archive, entry), "\(archive.path), '\(entry.name)'")
    }
  }

  /// A member as a file: a part of the archive where it is stored as it is, else unpacked to a file without a name.
  private func unpacked(_ archive: ZipArchive, _ entry: ZipArchive.Entry) throws(DataError) -> RandomAccessFile {
    let name = "\(archive.path), '\(entry.name)'"
    let file = TemporaryFile(for: FileManager.default.temporaryDirectory.appending(path: "convoy-array").path)
    let range: Range<Int>?
    do throws(ArchiveError) {
      range = try archive.range(ofStored: entry)
      if range == nil { try archive.extract(entry, to: file.path) }
    } catch {
      throw DataError(error)
    }
    return try RandomAccessFile(range == nil ? file.path : archive.path, named: name, part: range)
  }
}

extension DataError {
  init(_ error: ArchiveError) {
    self.init(sentence: error.description.hasSuffix(".") ? String(error.description.dropLast()) : error.description)
  }
}
