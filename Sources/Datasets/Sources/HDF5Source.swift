import HDF5
import Tensors

/// The group of an HDF5 file that holds samples, `images` (N, ...), and their classes, `labels` (N) or (N, 1), or, of
/// multi-label data, 0 and 1 in `labels` (N, K); the attribute `class_names` of the group is optional.
/// Samples are read from the file one by one, whenever they are wanted.
struct HDF5Source: DataSource {
  let location: String
  let columns: [Column]
  private let images: Dataset
  private let labels: ColumnValues

  /// Opens a group and checks its shapes and labels.
  ///
  /// Bytes stay bytes, other numbers become floats. Byte images without channels, (N, H, W), are grey ones.
  init(_ path: String, group name: String) throws(DataError) {
    location = "\(path):\(name)"
    let (images, labels, names) = try HDF5Source.reading { () throws(HDF5Error) in
      let root = try File(reading: path).root
      let group = name == "/" ? root : try root.group(name)
      let names = try group.attributes.contains("class_names") ? group.attributes.strings("class_names") : []
      return (try group.dataset("images"), try group.dataset("labels"), names)
    }
    self.images = images
    let element: SampleElement = images.elementType == .uint8 ? .byte : .float
    let sizes = images.shape.dropFirst()
    guard !images.shape.contains(0), (1...4).contains(sizes.count) else {
      throw DataError(
        location, "images has shape \(images.shape), but (N, H, W, C) or (N, F) with at least one sample is wanted",
        remedy: "store one sample in each row")
    }
    let shape = Shape(Array(sizes) + (sizes.count == 2 && element == .byte ? [1] : []))
    guard element == .float || !AxisOrder.isChannelsFirst(shape) else {
      throw DataError(
        location, "images has shape \(images.shape), in which the channels come first",
        remedy: "store it as (N, height, width, channels), by numpy.transpose(images, (0, 2, 3, 1))")
    }
    self.labels = try HDF5Source.labels(labels, images: images.shape, classNames: names, location)
    columns = [.image(shape, element), self.labels.column]
  }

  /// The same samples in memory.
  func inMemory() throws(DataError) -> MemorySource {
    let size = count * sampleSize
    var result: Result<Void, DataError> = .success(())
    let samples = unsafe [UInt8](unsafeUninitializedCapacity: size) { memory, initialized in
      result = Result { () throws(DataError) in
        try unsafe readImages(
          rows: nil, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[..<size]))
      }
      initialized = size
    }
    try result.get()
    return MemorySource(location, [ColumnValues(columns[0], bytes: samples), labels])
  }

  var count: Int { labels.count }

  func number(_ place: Int, of column: Int, at index: Int) -> Double { labels.number(place, at: index) }

  func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    if wanted.contains(0) {
      try sample.write(0) { (target) throws(DataError) in
        try unsafe target.withUnsafeMutableBytes { (target) throws(DataError) in
          try unsafe readImages(rows: index..<index + 1, into: target)
        }
      }
    }
    if wanted.contains(1) { labels.read(index, into: &sample, 1) }
  }

  /// Rows of the file, or all of them, in the form of `element`.
  private func readImages(rows: Range<Int>?, into memory: UnsafeMutableRawBufferPointer) throws(DataError) {
    try HDF5Source.reading { () throws(HDF5Error) in
      switch element {
      case .byte: try unsafe images.read(rows: rows, into: memory.bindMemory(to: UInt8.self))
      case .float: try unsafe images.read(rows: rows, into: memory.bindMemory(to: Float.self))
      }
    }
  }

  private static func labels(
    _ dataset: Dataset, images: [Int], classNames: [String], _ location: String
  ) throws(DataError) -> ColumnValues {
    let count = images[0]
    let isMultiple = dataset.shape.count == 2 && dataset.shape[0] == count && dataset.shape[1] > 1
    guard dataset.shape == [count] || dataset.shape == [count, 1] || isMultiple else {
      throw DataError(
        location, "labels has shape \(dataset.shape) for \(count) images",
        remedy: images.last == dataset.shape.first
          ? "store images as (N, height, width, channels), by numpy.moveaxis(images, -1, 0)"
          : "store one class number for each image, or 0 and 1 for each label that it may have")
    }
    guard ![.float16, .float32, .float64].contains(dataset.elementType) else {
      throw DataError(
        location, "labels holds elements of type \(dataset.elementType)", remedy: "store class numbers as integers")
    }
    let values = try reading { () throws(HDF5Error) in try dataset.read(Int64.self) }
    if isMultiple { return try labels(that: values, perSample: dataset.shape[1], classNames: classNames, location) }
    let end = classNames.isEmpty ? Int64(Int32.max) : Int64(classNames.count)
    if let index = values.firstIndex(where: { !(0..<end).contains($0) }) {
      throw DataError(
        location, "sample \(index) has label \(values[index]), but classes count from 0 to \(end - 1)",
        remedy: "correct the label" + (classNames.isEmpty ? "" : " or the attribute class_names"))
    }
    return ColumnValues(.label(classNames), integers: values.map(Int32.init))
  }

  private static func labels(
    that values: [Int64], perSample count: Int, classNames: [String], _ location: String
  ) throws(DataError) -> ColumnValues {
    if let index = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw DataError(
        location, "label \(index % count) of sample \(index / count) is \(values[index]), but is there (1) or not (0)",
        remedy: "correct the label, or store one class number for each image")
    }
    guard classNames.isEmpty || classNames.count == count else {
      throw DataError(
        location, "has \(count) labels for each sample and \(classNames.count) class_names", remedy: "name each label")
    }
    return ColumnValues(
      Column("label", .categories, .float, shape: [count], classNames: classNames), integers: values.map(Int32.init))
  }

  private static func reading<Result>(_ body: () throws(HDF5Error) -> Result) throws(DataError) -> Result {
    do {
      return try body()
    } catch {
      throw DataError(error)
    }
  }
}

extension DataError {
  init(_ error: HDF5Error) { self.init(sentence: "\(error.file): \(error.problem)") }
}
