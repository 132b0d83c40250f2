public import Tensors

/// Image files: a folder with one folder of JPEG or PNG files for each class, or a list of files.
///
/// Classes are the names of the folders in byte order, files follow in byte order in each. An image is decoded whenever
/// it is read.
public struct ImageFolderSource: DataSource {
  public let location: String
  public let shape: Shape
  public let classNames: [String]
  private let files: [String]
  private let labels: [Int32]
  private let target: ImageDecoder.Target

  /// Lists a folder of class folders.
  ///
  /// - Parameters:
  ///   - shape: (H, W, 1) or (H, W, 3); nil takes the shape of the first image.
  ///   - resize: whether images of another size are resized; otherwise reading them is an error.
  public init(folder: String, shape: Shape? = nil, resize: Bool = false) throws(DataError) {
    var (files, labels, names): ([String], [Int32], [String]) = ([], [], [])
    for entry in try Files.entries(of: folder) {
      let path = "\(folder)/\(entry.name)"
      guard entry.kind == .folder else {
        if ImageFolderSource.hasImageName(entry.name) {
          throw DataError(
            path, "is an image beside the class folders", remedy: "move it into a folder named after its class")
        }
        continue
      }
      let images = try Files.entries(of: path)
      if let other = images.first(where: { $0.kind == .folder || !ImageFolderSource.hasImageName($0.name) }) {
        throw DataError(
          "\(path)/\(other.name)", "is not a .jpg, .jpeg or .png file, in a folder taken for a class",
          remedy:
            "remove it, or give the folder that holds one folder of images for each class, such as \(folder)/train")
      }
      guard !images.isEmpty else {
        throw DataError(path, "the class folder holds no images", remedy: "add images or remove the folder")
      }
      labels += Array(repeating: Int32(names.count), count: images.count)
      files += images.map { "\(path)/\($0.name)" }
      names.append(entry.name)
    }
    guard !files.isEmpty else {
      throw DataError(
        folder, "the folder holds no class folders",
        remedy: "give a folder that holds one folder of images for each class")
    }
    try self.init(location: folder, files: files, labels: labels, classNames: names, shape: shape, resize: resize)
  }

  /// Images without classes, to predict: every label is 0 and means nothing.
  public init(files: [String], shape: Shape? = nil, resize: Bool = false) throws(DataError) {
    precondition(!files.isEmpty)
    try self.init(
      location: files[0], files: files, labels: Array(repeating: 0, count: files.count), classNames: [], shape: shape,
      resize: resize)
  }

  private init(
    location: String, files: [String], labels: [Int32], classNames: [String], shape: Shape?, resize: Bool
  ) throws(DataError) {
    let shape = if let shape { shape } else { try ImageDecoder.shape(of: files[0]) }
    guard shape.rank == 3, [1, 3].contains(shape.channels) else {
      throw DataError(
        location, "holds images, grey or RGB, but samples of shape \(shape) are wanted",
        remedy: "give a network whose input is (height, width, 1) or (height, width, 3), or store the samples in HDF5")
    }
    (self.location, self.shape, self.classNames) = (location, shape, classNames)
    (self.files, self.labels) = (files, labels)
    target = ImageDecoder.Target(shape: shape, resize: resize)
  }

  public var count: Int { files.count }
  public var element: SampleElement { .byte }

  public func name(of index: Int) -> String? { files[index] }

  public func label(at index: Int) -> Int { Int(labels[index]) }

  public func read(_ index: Int, into target: inout MutableRawSpan) throws(DataError) {
    precondition(target.byteCount == sampleSize)
    try ImageDecoder.read(files[index], as: self.target, into: &target)
  }

  private static func hasImageName(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".jpg", ".jpeg", ".png"].contains { name.hasSuffix($0) }
  }
}
