import Tensors

/// Makes columns of the arrays of a group, all of as many rows.
struct ArrayColumns {
  private let group: any ArrayGroup
  private let location: String
  private let classNames: [String]
  /// Samples, once the rows are counted.
  private(set) var count = 0

  init(_ group: any ArrayGroup) throws(DataError) {
    (self.group, location, classNames) = (group, group.location, try group.classNames)
  }

  /// Takes the number of samples from an array that has one row for each.
  mutating func countRows(_ name: String) throws(DataError) { count = try group.array(name).shape.first ?? 0 }

  /// An array of pictures, its channels last.
  private func pictures(_ name: String, _ choice: ColumnChoice) throws(DataError) -> any SampleArray {
    let array = try group.array(name)
    guard choice.dataFormat == .channelsFirst else { return array }
    guard array.shape.count > 2, !array.shape.contains(0) else {
      throw DataError(
        location, "\(name) has shape \(array.shape), but (N, channels, ...) is wanted",
        remedy: "remove its 'dataFormat'")
    }
    return ChannelsFirstArray(array)
  }

  func images(
    _ name: String, _ from: String, _ choice: ColumnChoice
  ) throws(DataError) -> (Column, any SampleArray) {
    let images = try pictures(from, choice)
    let element: SampleElement = images.numbers == .bytes ? .byte : .float
    let sizes = images.shape.dropFirst()
    guard !images.shape.contains(0), (1...4).contains(sizes.count) else {
      throw DataError(
        location, "\(from) has shape \(images.shape), but (N, H, W, C) or (N, F) with at least one sample is wanted",
        remedy: "store one sample in each row")
    }
    let shape = Shape(Array(sizes) + (sizes.count == 2 && element == .byte ? [1] : []))
    guard element == .float || choice.dataFormat != nil || !AxisOrder.isChannelsFirst(shape) else {
      throw DataError(
        location, "\(from) has shape \(images.shape), in which the channels come first",
        remedy: "say 'data.columns: {\(name): {kind: image, from: \(from), dataFormat: channels_first}}'")
    }
    try requireRows(images, from)
    return (Column(name, .image, element, shape: shape), images)
  }

  func masks(
    _ name: String, _ from: String, _ choice: ColumnChoice, of image: Shape?
  ) throws(DataError) -> (Column, any SampleArray) {
    let image = image ?? [1]
    let masks = try pictures(from, choice)
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

  /// Throws where there is no such array.
  func require(_ name: String) throws(DataError) { _ = try group.array(name) }

  /// Whether labels are one class for each image, or 0 and 1 for several.
  func labelKind(_ from: String) throws(DataError) -> Column.Kind {
    let shape = try group.array(from).shape
    let images = try? group.array(group.usualNames.images).shape.first
    let isMultiple = shape.count == 2 && shape[0] == images ?? shape[0] && shape[1] > 1
    return isMultiple ? .categories : .category
  }

  /// Whether every row of labels has one 1 and else 0, as Keras's `to_categorical` writes classes.
  func isOneHot(_ from: String) throws(DataError) -> Bool {
    let array = try group.array(from)
    return (try? labels(from, array).oneHot()) != nil
  }

  private func labels(_ from: String, _ array: any SampleArray) -> ArrayLabels {
    ArrayLabels(
      array: array, name: from, location: location,
      imageShape: try? group.array(group.usualNames.images).shape)
  }

  /// The group of each sample as text.
  func groups(_ name: String, count: Int) throws(DataError) -> [String] {
    let array = try group.array(name)
    guard array.shape == [count] || array.shape == [count, 1] else {
      throw DataError(
        location, "\(name) has shape \(array.shape) for \(count) samples", remedy: "store one number for each sample")
    }
    return array.numbers == .reals ? try array.floats().map { "\($0)" } : try array.integers().map { "\($0)" }
  }

  /// A column that is kept in memory.
  func values(
    _ name: String, _ from: String, _ choice: ColumnChoice, of image: Shape?
  ) throws(DataError) -> ColumnValues {
    let array = try group.array(from)
    switch choice.kind {
    case .category, .categories: return try labels(from, array).read(name, choice, classNames, count: count)
    case .boxes: return try boxes(name, from, choice, array, of: image ?? [1])
    default:
      try requireRows(array, from)
      let isWeight = choice.kind == .weight
      let width = array.shape.dropFirst().first ?? 1
      guard array.shape.count <= 2, width > 0, !isWeight || width == 1 else {
        throw DataError(
          location, "\(from) has shape \(array.shape) for \(count) samples",
          remedy: "store \(isWeight ? "one number" : "a row of numbers") for each")
      }
      let values = try array.floats()
      if let index = values.firstIndex(where: { !$0.isFinite || isWeight && $0 < 0 }) {
        throw DataError(
          location, "'\(name)' of sample \(index / width) is \(values[index])",
          remedy: isWeight ? "give a finite weight of at least 0" : "give a finite number")
      }
      return ColumnValues(Column(name, choice.kind, .float, shape: [width]), floats: values)
    }
  }

  private func boxes(
    _ name: String, _ from: String, _ choice: ColumnChoice, _ array: any SampleArray, of image: Shape
  ) throws(DataError) -> ColumnValues {
    try requireRows(array, from)
    guard (2...3).contains(array.shape.count), array.shape.last! >= 4, image.rank == 3 else {
      throw DataError(
        location, "\(from) has shape \(array.shape) for \(count) samples of shape \(image)",
        remedy: "store (N, 4), a box for each image, or (N, boxes, 4), with rows of 0 where an image has fewer")
    }
    let values = try array.floats()
    let column = choice.boxes(name, Shape(Array(array.shape.dropFirst())))
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

  private func requireRows(_ array: any SampleArray, _ name: String) throws(DataError) {
    guard array.shape.first == count else {
      throw DataError(
        location, "\(name) has shape \(array.shape) for \(count) images", remedy: "store one row for each image")
    }
  }

  private func requireIntegers(_ array: any SampleArray, _ name: String) throws(DataError) {
    guard array.numbers != .reals else {
      throw DataError(
        location, "\(name) holds elements of type \(array.typeName)", remedy: "store class numbers as integers")
    }
  }
}
