public import Tensors

/// What a convolution does to its sums before it stores them.
public struct ConvolutionEnding: Sendable {
  public enum Function: Hashable, Sendable {
    case identity
    /// min(max(0, y), maximum), infinity standing for none.
    case rectifier(maximum: Float)
    /// y / (1 + e^-y), with about two roundings: at inference only.
    case silu
  }

  /// A tensor of the output's shape, in other memory, that is added first.
  public var addend: Tensor?
  public var function: Function

  public static let none = ConvolutionEnding()

  public init(addend: Tensor? = nil, _ function: Function = .identity) {
    (self.addend, self.function) = (addend, function)
  }

  /// The maximum of a rectifier; 0 for other functions.
  var maximum: Float { if case .rectifier(let maximum) = function { maximum } else { 0 } }

  /// The same by passes over the output, where the algorithm has done nothing of it.
  func apply(to output: Tensor) {
    if let addend { Elementwise.add(output, addend, into: output) }
    switch function {
    case .identity: break
    case .rectifier(let maximum):
      PointwiseFunction.clip(slope: 1, offset: 0, low: 0, high: maximum).apply(output, into: output)
    case .silu: ActivationFunction.silu.apply(output, into: output)
    }
  }
}
