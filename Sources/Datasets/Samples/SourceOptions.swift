import Kernels
public import Tensors

/// Wishes of the user of a source.
public struct SourceOptions: Sendable {
  /// The shape of every sample, the input of the network; nil takes what is stored.
  public var shape: Shape?
  /// What images are resized to where `resize` is true and `shape` is nil; data whose samples have one number of
  /// channels keeps that.
  public var usualShape: Shape?
  /// Whether images of another size are resized; otherwise they are an error.
  public var resize: Bool
  /// Classes that the network tells apart; nil accepts any labels.
  public var classes: Int?
  /// The names of the classes, where the model or the training data has them: folders for each of them are looked for,
  /// and for no others. Empty takes those of the data.
  public var classNames: [String] = []
  /// The inputs of a network that takes more than the image, or something else; then `shape` is nil. Columns that are
  /// not among `columns` are read by their names: images for shapes of (H, W, C), else numbers.
  public var inputs: [InputColumn] = []
  /// What columns there are beside image and class, by their names.
  public var columns: [String: ColumnChoice] = [:]
  /// How image files are decoded.
  public var decoding = ImageDecoding()
  /// The column that says which samples belong together; nil where none is asked for.
  public var group: String?
  /// Bytes of samples up to which a source is kept in memory.
  public var memoryLimit: Int

  /// 1 GiB, or a quarter of the memory that is left where that is less: some sources of a process may be kept.
  ///
  /// - Parameter processes: of this machine that keep the same.
  package static func usualMemoryLimit(processes: Int = 1, state: MemoryState = .current) -> Int {
    state.limits.reduce(1 << 30) { min($0, $1.left / 4 / ($1.isShared ? max(1, processes) : 1)) }
  }

  /// - Parameter memoryLimit: nil for `usualMemoryLimit`.
  public init(shape: Shape? = nil, resize: Bool = false, classes: Int? = nil, memoryLimit: Int? = nil) {
    (self.shape, self.resize, self.classes) = (shape, resize, classes)
    self.memoryLimit = memoryLimit ?? SourceOptions.usualMemoryLimit()
  }

  /// What image files, which have no one shape, become; nil takes that of the first.
  ///
  /// - Parameter column: the name of a column of images.
  func imageShape(of column: String, isFirst: Bool = true) -> Shape? {
    if let input = inputs.first(where: { $0.column == column }) { return input.shape ?? (resize ? usualShape : nil) }
    return isFirst ? shape ?? (resize ? usualShape : nil) : nil
  }

  /// The same with columns for inputs of the network that nobody has described.
  ///
  /// - Parameter known: the names that the data has.
  func describingInputs(_ known: (String) -> Bool) -> [String: ColumnChoice] {
    var choices = columns
    for input in inputs where choices[input.column] == nil && known(input.column) {
      let isImage = input.form == .number && (input.shape?.rank ?? 3) == 3
      choices[input.column] = ColumnChoice(input.form != .number ? .text : isImage ? .image : .numbers)
    }
    return choices
  }

  /// Leaves images as they are stored.
  package mutating func forgetImageShapes() {
    shape = nil
    for index in inputs.indices where (inputs[index].shape?.rank ?? 3) == 3 { inputs[index].shape = nil }
  }

  /// Wants images of the shapes of some columns.
  package mutating func takeImageShapes(of columns: [Column]) {
    if inputs.isEmpty, columns[0].kind == .image { shape = columns[0].shape }
    for column in columns where column.kind == .image {
      for index in inputs.indices where inputs[index].column == column.name { inputs[index].shape = column.shape }
    }
  }

  /// The first image of another shape than is wanted, and that shape.
  package func differingImage(of columns: [Column]) -> (Column, Shape)? {
    for (position, column) in columns.enumerated() where column.kind == .image {
      let wanted = inputs.first { $0.column == column.name }?.shape ?? (position == 0 ? shape : nil)
      if let wanted, wanted != column.shape { return (column, wanted) }
    }
    return nil
  }

  /// Whether the network takes an image, as far as it is known.
  var wantsImage: Bool {
    inputs.isEmpty ? (shape?.rank ?? 3) > 1 : inputs.contains { ($0.shape?.rank ?? 3) > 1 }
  }
}
