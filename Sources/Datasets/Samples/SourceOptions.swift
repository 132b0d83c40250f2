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
  var imageShape: Shape? { shape ?? (resize ? usualShape : nil) }
}
