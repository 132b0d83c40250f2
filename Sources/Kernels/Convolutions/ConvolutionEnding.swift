import Tensors

/// The function that a convolution applies to its sums before it stores them.
public enum ConvolutionEnding: Hashable, Sendable {
  case none
  /// min(max(0, y), maximum), infinity standing for none.
  case rectifier(maximum: Float)
  /// y / (1 + e^-y), with about two roundings: at inference only.
  case silu

  /// The maximum of a rectifier; 0 for others.
  var maximum: Float { if case .rectifier(let maximum) = self { maximum } else { 0 } }

  /// The same by a pass over the output, where the algorithm has done nothing of it.
  func apply(to output: Tensor) {
    switch self {
    case .none: break
    case .rectifier(let maximum):
      PointwiseFunction.clip(slope: 1, offset: 0, low: 0, high: maximum).apply(output, into: output)
    case .silu: ActivationFunction.silu.apply(output, into: output)
    }
  }
}
