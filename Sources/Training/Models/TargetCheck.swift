import Datasets
import Networks
import Tensors

/// Looks whether the values of a column can be what a loss compares an output with: its kind, its class numbers, and
/// pixels that are of no class.
struct TargetCheck {
  let output: String
  /// Of the output.
  let shape: Shape
  let loss: any LossLayer
  let column: Column
  let source: any DataSource
  /// Keras's class and arguments of what is measured.
  let metrics: [JSONValue]

  private var name: String { type(of: loss).functionName }

  func require() throws(TrainingError) {
    guard kinds?.contains(column.kind) ?? true else {
      throw error(
        "is trained by \(name) towards '\(column.name)' of \(source.location), which is of the kind "
          + "\(column.kind.rawValue), but it takes \(kinds!.map(\.rawValue).joined(separator: " or ")); choose another "
          + "loss, or another target.")
    }
    try requireEncoding()
    if loss is Poisson { try requireCounts() }
    if loss is any ClassNumberLoss { try requireClasses(shape.channels) }
    if loss is BinaryCrossentropy, column.kind == .category || column.kind == .mask { try requireClasses(2) }
    guard let void = column.void, column.kind == .mask,
      loss.kerasConfiguration()["ignore_class"] != .integer(void)
    else { return }
    let takesIgnored = loss is any ClassNumberLoss
    throw error(
      "is trained by \(name) towards the mask '\(column.name)', whose pixels of \(void) are of no class but would "
        + "count; "
        + (takesIgnored
          ? "give the loss the argument {ignore_class: \(void)}."
          : "choose sparse_categorical_crossentropy, or masks "
            + "without such pixels."))
  }

  /// Kinds whose values mean something to the loss; nil for all.
  private var kinds: [Column.Kind]? {
    switch loss {
    case is any ClassNumberLoss: [.category, .mask]
    case is BinaryCrossentropy: [.category, .categories, .numbers, .mask, .image]
    case is CategoricalCrossentropy: [.categories, .numbers, .image]
    default: name.hasSuffix("iou") ? [.boxes, .numbers] : nil
    }
  }

  /// Losses and metrics of boxes must read them as the network gives them.
  private func requireEncoding() throws(TrainingError) {
    guard column.kind == .boxes else { return }
    let wanted = column.encoding
    let functions =
      [(name, loss.kerasConfiguration())]
      + metrics.compactMap { $0.asObject?.first.map { ($0.key, $0.value.asObject ?? [:]) } }
    for (name, arguments) in functions {
      guard let format = arguments["bounding_box_format"]?.asString else { continue }
      let isSquareRoot = arguments["sqrt"] == .bool(true)
      guard (format, isSquareRoot) != (wanted.format, wanted.isSquareRoot) else { continue }
      let isLoss = arguments["sqrt"] == nil
      throw error(
        "gives the box '\(column.name)' as \(wanted.rawValue), but \(name) reads it as "
          + "\(format)\(isSquareRoot ? " with square roots" : ""); "
          + (isLoss && wanted.isSquareRoot
            ? "choose 'data.columns.\(column.name).encoding: \(wanted.format)', or another loss, such as mse."
            : "set 'data.columns.\(column.name).encoding' to the one that is meant."))
    }
  }

  /// Numbers of things are not negative: Poisson's loss of others has no least value.
  private func requireCounts() throws(TrainingError) {
    guard column.kind == .numbers, let position = source.columns.firstIndex(of: column) else { return }
    for index in 0..<source.count {
      for place in 0..<column.shape.count {
        let number = source.number(place, of: position, at: index)
        guard number < 0 else { continue }
        throw error(
          "is trained by \(name), which is for counts, but '\(column.name)' of sample \(index) of \(source.location) "
            + "is \(Float(number)); correct it, or choose another loss.")
      }
    }
  }

  /// Class numbers count from 0 to one less than the classes of the output.
  private func requireClasses(_ classes: Int) throws(TrainingError) {
    let known = column.classNames.count
    if known > classes {
      throw error(
        "tells \(classes) classes apart, but '\(column.name)' of \(source.location) has \(known); give it as many.")
    }
    if column.kind == .mask, known == 0 {
      throw error(
        "is trained towards the mask '\(column.name)', and nothing says how many classes it has; give "
          + "'data.columns.\(column.name).classes: \(classes)', or its 'classNames'.")
    }
    guard column.kind == .category, let position = source.columns.firstIndex(of: column) else { return }
    for index in 0..<source.count {
      let number = source.number(0, of: position, at: index)
      guard number >= 0, number < Double(classes), number == number.rounded() else {
        throw error(
          "tells \(classes) classes apart, 0 to \(classes - 1), but '\(column.name)' of sample \(index) of "
            + "\(source.location) is \(Float(number)); correct it, or give the output more classes.")
      }
    }
  }

  private func error(_ problem: String) -> TrainingError {
    TrainingError(.configuration, "the output '\(output)' of shape \(shape) \(problem)")
  }
}
