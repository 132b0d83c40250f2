public import Tensors

/// Image files, and what is known of each: the class that is the name of its folder, what a list says of it, the mask
/// or the other images that lie beside it. An image is decoded whenever it is read.
public struct ImageFileSource: DataSource {
  public let location: String
  public let columns: [Column]
  public private(set) var otherColumns: [String] = []
  public private(set) var notices: [String] = []
  /// Those of the first column.
  private let files: [StoredFile]
  /// One for each column.
  private let parts: [Part]
  /// The lines of a list that the samples are in; empty where nothing lists them.
  private let lines: [Int]
  /// The shape that the images of each column get; nil of other columns.
  private let targets: [ImageDecoder.Target?]
  private let decoding: ImageDecoding

  /// Where the values of a column come from.
  enum Part: Sendable {
    /// A file for each sample.
    ///
    /// - shape: (H, W, 1) or (H, W, 3); nil takes that of the first of them.
    case image(named: String, [StoredFile], shape: Shape?)
    case values(ColumnValues)
    case boxes(ColumnValues, BoxReader)
    /// A file for each image.
    case masks(ColumnChoice, named: String, [StoredFile])
  }

  /// Lists a folder with one folder of image files for each class: classes in the byte order of their names,
  /// images in that of theirs. What counts as an image says `ImageRule`.
  ///
  /// - Parameters:
  ///   - classNames: the classes of the model or of the training data, some of which may have no images here; empty
  ///     takes the names of the folders.
  ///   - shape: (H, W, 1) or (H, W, 3); nil takes the shape of the first image.
  ///   - resize: whether images of another size are resized; otherwise reading them is an error.
  public init(
    folder: String, classNames: [String] = [], shape: Shape? = nil, resize: Bool = false,
    decoding: ImageDecoding = ImageDecoding()
  ) throws(DataError) {
    let found = try ClassFolders(folder, known: classNames)
    let labels = ColumnValues(.label(found.classNames), integers: found.labels)
    try self.init(
      folder, [.image(named: "image", found.files.map(StoredFile.init), shape: shape), .values(labels)], resize: resize,
      decoding: decoding)
    notices = found.notices
  }

  /// Images without classes, to predict.
  public init(
    files: [String], shape: Shape? = nil, resize: Bool = false, decoding: ImageDecoding = ImageDecoding()
  ) throws(DataError) {
    precondition(!files.isEmpty)
    try self.init(
      files[0], [.image(named: "image", files.map(StoredFile.init), shape: shape)], resize: resize, decoding: decoding)
  }

  /// - Parameters:
  ///   - parts: an image first, to which masks and boxes belong.
  ///   - lines: of the list that names the files.
  init(
    _ location: String, _ parts: [Part], resize: Bool, decoding: ImageDecoding, lines: [Int] = [],
    otherColumns: [String] = [], notices: [String] = []
  ) throws(DataError) {
    guard case .image(_, let files, _) = parts[0] else { preconditionFailure("the first column is an image") }
    let shapes = try parts.map { (part) throws(DataError) in
      try ImageFileSource.shape(of: part, location, decoding)
    }
    let numbers = try parts.map { (part) throws(DataError) in
      if case .image(_, let files, _) = part { try ImageRule.numbers(of: files) } else { ImageNumbers.bytes }
    }
    let first = shapes[0]!
    columns = parts.enumerated().map { position, part in
      switch part {
      case .image(let name, _, _): Column(name, .image, numbers[position].element, shape: shapes[position]!)
      case .values(let values), .boxes(let values, _): values.column
      case .masks(let choice, let name, _): choice.mask(name, (first.height, first.width))
      }
    }
    targets = zip(shapes, numbers).map { shape, numbers in
      shape.map { ImageDecoder.Target(shape: $0, numbers: numbers, resize: resize, decoding: decoding) }
    }
    self.decoding = decoding
    (self.location, self.files, self.parts, self.lines) = (location, files, parts, lines)
    (self.otherColumns, self.notices) = (otherColumns, notices)
  }

  /// What the images of a part become; nil of other parts.
  private static func shape(
    of part: Part, _ location: String, _ decoding: ImageDecoding
  ) throws(DataError) -> Shape? {
    guard case .image(_, let files, let wanted) = part else { return nil }
    let shape = if let wanted { wanted } else { try firstShape(of: files, decoding) }
    guard shape.rank == 3, [1, 3].contains(shape.channels) else {
      throw DataError(
        location, "holds images, grey or RGB, but samples of shape \(shape) are wanted",
        remedy: "give a network whose input is (height, width, 1) or (height, width, 3), or store the samples in HDF5")
    }
    return shape
  }

  public var count: Int { files.count }

  public var bytesInMemory: Int {
    parts.reduce(0) { bytes, part in
      switch part {
      case .values(let values), .boxes(let values, _): bytes + values.bytesInMemory
      case .image, .masks: bytes
      }
    }
  }

  public func name(of index: Int) -> String? { files[index].name }

  public func number(_ place: Int, of column: Int, at index: Int) -> Double {
    switch parts[column] {
    case .values(let values), .boxes(let values, _): values.number(place, at: index)
    case .image, .masks: preconditionFailure("pictures are read")
    }
  }

  public func stored(_ index: Int) throws(DataError) -> StoredSample {
    var (size, modified) = (0, 0)
    for file in stored(index) {
      let stamp = try file.stamp()
      (size, modified) = (size + stamp.size, max(modified, stamp.modified))
    }
    let path = files[index].name
    let name = path.hasPrefix("\(location)/") ? String(path.dropFirst(location.count + 1)) : path
    return StoredSample(name: name, size: size, modified: modified)
  }

  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] {
    var bytes: [UInt8] = []
    for file in stored(index) { bytes += try file.bytes() }
    return bytes
  }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    var size: (height: Int, width: Int)?
    func originalSize() throws(DataError) -> (height: Int, width: Int) {
      if let size { return size }
      let shape = try ImageDecoder.shape(of: files[index].bytes(), files[index].name, decoding)
      return (shape.height, shape.width)
    }
    for (position, part) in parts.enumerated() where wanted.contains(position) {
      switch part {
      case .image(_, let files, _):
        try sample.write(position) { (bytes) throws(DataError) in
          let file = files[index]
          let found = try ImageDecoder.read(try file.bytes(), file.name, as: targets[position]!, into: &bytes)
          if position == 0 { size = found }
        }
      case .values(let values): values.read(index, into: &sample, position)
      case .boxes(let values, let reader):
        values.read(index, into: &sample, position)
        let (height, width) = try originalSize()
        try reader.normalize(&sample, position, height: height, width: width, place(index))
      case .masks(let choice, _, let masks):
        let size = try originalSize()
        try sample.write(position) { (bytes) throws(DataError) in
          try MaskReader(choice).read(masks[index], ofImage: size, as: columns[position].shape, into: &bytes)
        }
      }
    }
  }

  /// What messages call a sample.
  private func place(_ index: Int) -> String {
    lines.isEmpty ? files[index].name : "\(location), line \(lines[index]) (\(files[index].name))"
  }

  /// The files of a sample, the image first.
  private func stored(_ index: Int) -> [StoredFile] {
    parts.compactMap { part in
      switch part {
      case .image(_, let files, _): files[index]
      case .masks(_, _, let masks): masks[index]
      case .values, .boxes: nil
      }
    }
  }

  /// Of the first image that can be read; the others are found when all are looked at.
  private static func firstShape(of files: [StoredFile], _ decoding: ImageDecoding) throws(DataError) -> Shape {
    for file in files { if let shape = try? ImageDecoder.shape(of: file.bytes(), file.name, decoding) { return shape } }
    return try ImageDecoder.shape(of: files[0].bytes(), files[0].name, decoding)
  }
}
