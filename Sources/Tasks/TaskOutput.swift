public import Datasets
public import Kernels
public import Tensors

/// An output of a model and the column of the data that it is to give.
public struct TaskOutput: Sendable {
  public let name: String
  public let shape: Shape
  /// The function that the output ends in; nil where it has none.
  public let ending: ActivationFunction?
  public let target: Column

  public init(_ name: String, _ shape: Shape, ending: ActivationFunction?, target: Column) {
    (self.name, self.shape, self.ending, self.target) = (name, shape, ending, target)
  }
}
