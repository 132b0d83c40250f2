public import Kernels
public import Tensors

/// All that a file says of an output where it does not say what the output was trained towards.
public struct OutputForm: Sendable {
  public let shape: Shape
  /// The function that the output ends in.
  public let ending: ActivationFunction
  /// Whether the loss that it was compiled with is a cross-entropy; nil where it has none.
  public let isOfEntropy: Bool?

  /// - Parameter loss: the name of the loss of the output.
  public init(_ shape: Shape, ending: ActivationFunction, loss: String?) {
    (self.shape, self.ending) = (shape, ending)
    isOfEntropy = loss.map { $0.lowercased().replacing("_", with: "").contains("entropy") }
  }
}
