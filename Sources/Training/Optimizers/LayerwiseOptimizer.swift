public import Tensors

/// An optimizer that gives every parameter a learning rate of its own, by the norm of its weights beside the norm of
/// the direction in which they are to move: what keeps training with large batches stable.
///
/// Biases and the scales and offsets of normalisations, which have one dimension or none, move as `vectorOptimizer`
/// says.
public protocol LayerwiseOptimizer: Optimizer {
  /// Puts the direction in place of the gradients, and moves the slots where the direction needs them. Element by
  /// element.
  func direct(_ weights: Buffer, gradients: Buffer, slots: [Buffer], step: Int)

  /// By what the learning rate of a parameter is multiplied.
  ///
  /// - Parameters: Euclidean norms over the whole parameter.
  func trust(weightNorm: Double, directionNorm: Double) -> Double

  /// Keeps the same slots as this one.
  var vectorOptimizer: any Optimizer { get }
}
