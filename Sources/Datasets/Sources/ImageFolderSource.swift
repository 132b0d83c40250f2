public import Tensors

/// Image files: a folder with one folder of JPEG or PNG files for each class, or a list of files.
///
/// Classes are the names of the folders in byte order, files follow in byte order in each. What counts as an image says
/// `ImageRule`. An image is decoded whenever it is read.
public struct ImageFolderSource: DataSource {
  public let location: String
  public let columns: [Column]
  public private(set) var notices: [String] = []
  private let files: [String]
  /// Nil where nothing says the classes.
  private let labels: [Int32]?
  private let target: ImageDecoder.Target

  /// Lists a folder of class folders.
  ///
  /// - Parameters:
  ///   - classNames: the classes of the model or of the training data, some of which may have no images here; empty
  ///     takes the names of the folders.
  ///   - shape: (H, W, 1) or (H, W, 3); nil takes the shape of the first image.
  ///   - resize: whether images of another size are resized; otherwise reading them is an error.
  public init(
    folder: String, classNames: [String] = [], shape: Shape? = nil, resize: Bool = false
  ) throws(DataError) {
    let found = try ClassFolders(folder, known: classNames)
    try self.init(
      location: folder, files: found.files, labels: found.labels, classNames: found.classNames, shape: shape,
      resize: resize)
    notices = found.notices
  }

  /// Images without classes, to predict.
  public init(files: [String], shape: Shape? = nil, resize: Bool = false) throws(DataError) {
    precondition(!files.isEmpty)
    try self.init(
      location: files[0], files: files, labels: nil, classNames: [], shape: shape, resize: resize)
  }

  private init(
    location: String, files: [String], labels: [Int32]?, classNames: [String], shape: Shape?, resize: Bool
  ) throws(DataError) {
    let shape = if let shape { shape } else { try ImageFolderSource.firstShape(of: files) }
    guard shape.rank == 3, [1, 3].contains(shape.channels) else {
      throw DataError(
        location, "holds images, grey or RGB, but samples of shape \(shape) are wanted",
        remedy: "give a network whose input is (height, width, 1) or (height, width, 3), or store the samples in HDF5")
    }
    (self.location, self.files, self.labels) = (location, files, labels)
    columns = [.image(shape)] + (labels == nil ? [] : [.label(classNames)])
    target = ImageDecoder.Target(shape: shape, resize: resize)
  }

  public var count: Int { files.count }

  public func name(of index: Int) -> String? { files[index] }

  public func number(_ place: Int, of column: Int, at index: Int) -> Double { Double(labels![index]) }

  public func stored(_ index: Int) throws(DataError) -> StoredSample {
    let path = files[index]
    let (size, modified) = try Files.stamp(path)
    let name = path.hasPrefix("\(location)/") ? String(path.dropFirst(location.count + 1)) : path
    return StoredSample(name: name, size: size, modified: modified)
  }

  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try Files.bytes(files[index]) }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    if wanted.contains(0) {
      try sample.write(0) { (bytes) throws(DataError) in
        try ImageDecoder.read(files[index], as: target, into: &bytes)
      }
    }
    if let labels, wanted.contains(1) { sample[1, 0] = Float(labels[index]) }
  }

  /// Of the first image that can be read; the others are found when all are looked at.
  private static func firstShape(of files: [String]) throws(DataError) -> Shape {
    for file in files { if let shape = try? ImageDecoder.shape(of: file) { return shape } }
    return try ImageDecoder.shape(of: files[0])
  }
}
