import Tensors

/// Reads the classes of samples from an array: class numbers (N) or (N, 1), one-hot rows (N, K), or 0 and 1 for each of
/// K labels (N, K).
struct ArrayLabels {
  let array: any SampleArray
  let name: String
  let location: String
  /// Of all images, to say what is wrong; nil where there are none.
  let imageShape: [Int]?

  /// Numbers that are looked at together.
  private static let piece = 1 << 22

  func read(
    _ column: String, _ choice: ColumnChoice, _ classNames: [String], count: Int
  ) throws(DataError) -> ColumnValues {
    let names = choice.classNames ?? classNames
    let (shape, isMultiple) = (array.shape, choice.kind == .categories)
    let isTable = shape.count == 2 && shape[0] == count && (isMultiple || shape[1] > 1)
    guard isMultiple ? isTable : isTable || shape == [count] || shape == [count, 1] else {
      throw DataError(
        location, "\(name) has shape \(shape) for \(count) images",
        remedy: imageShape?.last == shape.first
          ? "store images as (N, height, width, channels), by numpy.moveaxis(images, -1, 0)"
          : "store one class number for each image, or 0 and 1 for each label that it may have")
    }
    guard names.isEmpty || !isTable || names.count == shape[1] else {
      throw DataError(
        location, "\(name) has \(shape[1]) labels for each sample and \(names.count) class_names",
        remedy: "name each label")
    }
    if isMultiple {
      let values = try multiHot()
      return ColumnValues(
        Column(column, .categories, .float, shape: [shape[1]], classNames: names), integers: values)
    }
    return ColumnValues(
      Column(column, .category, .float, shape: [1], classNames: names),
      integers: isTable ? try oneHot() : try numbers(below: names.isEmpty ? nil : names.count))
  }

  /// Class numbers.
  private func numbers(below classes: Int?) throws(DataError) -> [Int32] {
    guard array.numbers != .reals else {
      throw DataError(
        location, "\(name) holds elements of type \(array.typeName)", remedy: "store class numbers as integers")
    }
    let values = try array.integers()
    let end = classes.map(Int64.init) ?? Int64(Int32.max)
    if let index = values.firstIndex(where: { !(0..<end).contains($0) }) {
      throw DataError(
        location, "sample \(index) has label \(values[index]), but classes count from 0 to \(end - 1)",
        remedy: "correct the label" + (classes == nil ? "" : " or the attribute class_names"))
    }
    return values.map(Int32.init)
  }

  /// The place of the one 1 of each row.
  func oneHot() throws(DataError) -> [Int32] {
    var classes: [Int32] = []
    try forEachRow { (row, values) throws(DataError) in
      guard let place = values.firstIndex(of: 1), values.allSatisfy({ $0 == 0 || $0 == 1 }),
        values[(place + 1)...].allSatisfy({ $0 == 0 })
      else {
        throw DataError(
          location, "row \(row) of \(name) is not one-hot: one 1 and else 0",
          remedy: "correct it, or store one class number for each image")
      }
      classes.append(Int32(place - values.startIndex))
    }
    return classes
  }

  private func multiHot() throws(DataError) -> [Int32] {
    var labels: [Int32] = []
    try forEachRow { (row, values) throws(DataError) in
      if let place = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
        throw DataError(
          location,
          "label \(place - values.startIndex) of sample \(row) is \(StoredNumbers.text(Double(values[place]))), "
            + "but is there (1) or not (0)",
          remedy: "correct the label, or store one class number for each image")
      }
      labels += values.map { $0 == 1 ? 1 : 0 }
    }
    return labels
  }

  private func forEachRow(_ body: (Int, ArraySlice<Float>) throws(DataError) -> Void) throws(DataError) {
    let (count, width) = (array.shape[0], array.rowCount)
    let most = max(1, ArrayLabels.piece / max(1, width))
    for first in stride(from: 0, to: count, by: most) {
      let rows = first..<min(first + most, count)
      let values = try array.floats(rows)
      for row in rows { try body(row, values[(row - first) * width..<(row - first + 1) * width]) }
    }
  }
}
