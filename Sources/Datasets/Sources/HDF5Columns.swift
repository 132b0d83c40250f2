import HDF5
import Tensors

/// Makes columns of the datasets of a group, all of as many rows.
struct HDF5Columns {
  private let group: Group
  private let location: String
  private let classNames: [String]
  /// Samples, once the rows are counted.
  private(set) var count = 0

  init(_ group: Group, _ location: String) throws(DataError) {
    (self.group, self.location) = (group, location)
    classNames = try HDF5Source.reading { () throws(HDF5Error) in
      try group.attributes.contains("class_names") ? group.attributes.strings("class_names") : []
    }
  }

  func contains(_ name: String) -> Bool { (try? group.contains(name)) == true }

  private func dataset(_ name: String) throws(DataError) -> Dataset {
    try HDF5Source.reading { () throws(HDF5Error) in try group.dataset(name) }
  }

  /// Takes the number of samples from a dataset that has one row for each.
  mutating func countRows(_ name: String) throws(DataError) { count = try dataset(name).shape.first ?? 0 }

  func images(_ name: String, _ from: String) throws(DataError) -> (Column, Dataset) {
    let images = try dataset(from)
    let element: SampleElement = images.elementType == .uint8 ? .byte : .float
    let sizes = images.shape.dropFirst()
    guard !images.shape.contains(0), (1...4).contains(sizes.count) else {
      throw DataError(
        location, "\(from) has shape \(images.shape), but (N, H, W, C) or (N, F) with at least one sample is wanted",
        remedy: "store one sample in each row")
    }
    let shape = Shape(Array(sizes) + (sizes.count == 2 && element == .byte ? [1] : []))
    guard element == .float || !AxisOrder.isChannelsFirst(shape) else {
      throw DataError(
        location, "\(from) has shape \(images.shape), in which the channels come first",
        remedy: "store it as (N, height, width, channels), by numpy.transpose(images, (0, 2, 3, 1))")
    }
    try requireRows(images, from)
    return (Column(name, .image, element, shape: shape), images)
  }

  func masks(
    _ name: String, _ from: String, _ choice: ColumnChoice, of image: Shape?
  ) throws(DataError) -> (Column, Dataset) {
    let image = image ?? [1]
    let masks = try dataset(from)
    try requireRows(masks, from)
    let wanted = [count, image.height, image.width]
    guard image.rank == 3, masks.shape == wanted || masks.shape == wanted + [1] else {
      throw DataError(
        location, "\(from) has shape \(masks.shape), but the images are \(image)",
        remedy: "store the class of every pixel of every image, (N, height, width)")
    }
    try requireIntegers(masks, from)
    guard choice.colors == nil else {
      throw DataError(
        location, "\(from) cannot hold colours", remedy: "store class numbers, or masks as PNG beside image files")
    }
    return (choice.mask(name, (image.height, image.width)), masks)
  }

  /// Throws where there is no such dataset.
  func require(_ name: String) throws(DataError) { _ = try dataset(name) }

  /// Whether labels are one class for each image, or 0 and 1 for several.
  func labelKind(_ from: String) throws(DataError) -> Column.Kind {
    let shape = try dataset(from).shape
    let images = try? dataset("images").shape.first
    let isMultiple = shape.count == 2 && shape[0] == images ?? shape[0] && shape[1] > 1
    return isMultiple ? .categories : .category
  }

  /// A column that is kept in memory.
  func values(
    _ name: String, _ from: String, _ choice: ColumnChoice, of image: Shape?
  ) throws(DataError) -> ColumnValues {
    let dataset = try dataset(from)
    switch choice.kind {
    case .category, .categories: return try labels(name, from, choice, dataset)
    case .boxes: return try boxes(name, from, choice, dataset, of: image ?? [1])
    default:
      try requireRows(dataset, from)
      let isWeight = choice.kind == .weight
      let width = dataset.shape.dropFirst().first ?? 1
      guard dataset.shape.count <= 2, width > 0, !isWeight || width == 1 else {
        throw DataError(
          location, "\(from) has shape \(dataset.shape) for \(count) samples",
          remedy: "store \(isWeight ? "one number" : "a row of numbers") for each")
      }
      let values = try HDF5Source.reading { () throws(HDF5Error) in try dataset.read(Float.self) }
      if let index = values.firstIndex(where: { !$0.isFinite || isWeight && $0 < 0 }) {
        throw DataError(
          location, "'\(name)' of sample \(index / width) is \(values[index])",
          remedy: isWeight ? "give a finite weight of at least 0" : "give a finite number")
      }
      return ColumnValues(Column(name, choice.kind, .float, shape: [width]), floats: values)
    }
  }

  private func boxes(
    _ name: String, _ from: String, _ choice: ColumnChoice, _ dataset: Dataset, of image: Shape
  ) throws(DataError) -> ColumnValues {
    try requireRows(dataset, from)
    guard (2...3).contains(dataset.shape.count), dataset.shape.last! >= 4, image.rank == 3 else {
      throw DataError(
        location, "\(from) has shape \(dataset.shape) for \(count) samples of shape \(image)",
        remedy: "store (N, 4), a box for each image, or (N, boxes, 4), with rows of 0 where an image has fewer")
    }
    let values = try HDF5Source.reading { () throws(HDF5Error) in try dataset.read(Float.self) }
    let column = choice.boxes(name, Shape(Array(dataset.shape.dropFirst())))
    let (size, reader) = (column.shape.count, BoxReader(format: choice.format ?? .xyxy))
    var sample = Sample([column])
    var relative: [Float] = []
    relative.reserveCapacity(values.count)
    for index in 0..<count {
      for place in 0..<size { sample[0, place] = values[index * size + place] }
      try reader.normalize(
        &sample, 0, height: image.height, width: image.width, "\(location), '\(name)' of sample \(index)")
      relative += sample.numbers(of: 0)
    }
    return ColumnValues(column, floats: relative)
  }

  private func labels(
    _ name: String, _ from: String, _ choice: ColumnChoice, _ dataset: Dataset
  ) throws(DataError) -> ColumnValues {
    let names = choice.classNames ?? classNames
    let isMultiple = choice.kind == .categories
    guard
      isMultiple
        ? dataset.shape.count == 2 && dataset.shape[0] == count
        : dataset.shape == [count] || dataset.shape == [count, 1]
    else {
      let images = try? self.dataset("images").shape
      throw DataError(
        location, "\(from) has shape \(dataset.shape) for \(count) images",
        remedy: images?.last == dataset.shape.first
          ? "store images as (N, height, width, channels), by numpy.moveaxis(images, -1, 0)"
          : "store one class number for each image, or 0 and 1 for each label that it may have")
    }
    try requireIntegers(dataset, from)
    let values = try HDF5Source.reading { () throws(HDF5Error) in try dataset.read(Int64.self) }
    if isMultiple {
      return try labels(that: values, Column(name, .categories, .float, shape: [dataset.shape[1]], classNames: names))
    }
    let end = names.isEmpty ? Int64(Int32.max) : Int64(names.count)
    if let index = values.firstIndex(where: { !(0..<end).contains($0) }) {
      throw DataError(
        location, "sample \(index) has label \(values[index]), but classes count from 0 to \(end - 1)",
        remedy: "correct the label" + (names.isEmpty ? "" : " or the attribute class_names"))
    }
    let column = Column(name, .category, .float, shape: [1], classNames: names)
    return ColumnValues(column, integers: values.map(Int32.init))
  }

  private func labels(that values: [Int64], _ column: Column) throws(DataError) -> ColumnValues {
    let (count, names) = (column.shape.count, column.classNames)
    if let index = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw DataError(
        location, "label \(index % count) of sample \(index / count) is \(values[index]), but is there (1) or not (0)",
        remedy: "correct the label, or store one class number for each image")
    }
    guard names.isEmpty || names.count == count else {
      throw DataError(
        location, "has \(count) labels for each sample and \(names.count) class_names", remedy: "name each label")
    }
    return ColumnValues(column, integers: values.map(Int32.init))
  }

  private func requireRows(_ dataset: Dataset, _ name: String) throws(DataError) {
    guard dataset.shape.first == count else {
      throw DataError(
        location, "\(name) has shape \(dataset.shape) for \(count) images", remedy: "store one row for each image")
    }
  }

  private func requireIntegers(_ dataset: Dataset, _ name: String) throws(DataError) {
    guard ![.float16, .float32, .float64].contains(dataset.elementType) else {
      throw DataError(
        location, "\(name) holds elements of type \(dataset.elementType)", remedy: "store class numbers as integers")
    }
  }
}
