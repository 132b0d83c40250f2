public import Tensors

/// What the user of a source wants of it.
public struct SourceOptions: Sendable {
  /// The shape of every sample, the input of the network; nil takes what is stored.
  public var shape: Shape?
  /// Whether images of another size are resized; otherwise they are an error.
  public var resize: Bool
  /// Classes that the network tells apart; nil accepts any labels.
  public var classes: Int?
  /// The names of the classes, where the model or the training data has them: folders for each of them are looked for, and
  /// for no others. Empty takes those of the data.
  public var classNames: [String] = []
  /// Bytes of samples up to which a source is kept in memory.
  public var memoryLimit: Int

  public init(shape: Shape? = nil, resize: Bool = false, classes: Int? = nil, memoryLimit: Int = 1 << 30) {
    (self.shape, self.resize, self.classes, self.memoryLimit) = (shape, resize, classes, memoryLimit)
  }
}
