public import Kernels
public import Tensors

/// An input of a network and the column of the data that it takes.
public struct InputColumn: Hashable, Sendable {
  /// As the network calls it.
  public var input: String
  /// The name of the column.
  public var column: String
  /// Of a sample, as the network takes it, where a text is one element; nil takes what is stored.
  public var shape: Shape?
  /// Whether it takes texts, or whole numbers as such.
  public var form: KeyForm

  public init(_ input: String, takes column: String, shape: Shape? = nil, form: KeyForm = .number) {
    (self.input, self.column, self.shape, self.form) = (input, column, shape, form)
  }
}
