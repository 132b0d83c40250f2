public import Tensors

/// An input of a network and the column of the data that it takes.
public struct InputColumn: Hashable, Sendable {
  /// As the network calls it.
  public var input: String
  /// The name of the column.
  public var column: String
  /// Of a sample, as the network takes it; nil takes what is stored.
  public var shape: Shape?

  public init(_ input: String, takes column: String, shape: Shape? = nil) {
    (self.input, self.column, self.shape) = (input, column, shape)
  }
}
