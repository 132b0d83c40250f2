import Kernels
public import Tensors

/// A penalty on the size of a parameter's weights, which training adds to the loss; Keras's L1, L2 and L1L2:
///
///     term = l1 * sum |w| + l2 * sum w^2,  dterm/dw = l1 * sign(w) + 2 * l2 * w  (sign(0) = 0)
public struct Regularizer: Hashable, Sendable {
  public let l1: Double
  public let l2: Double

  /// - Parameters: factors, 0 or more.
  public init(l1: Double = 0, l2: Double = 0) {
    precondition(l1.isFinite && l1 >= 0 && l2.isFinite && l2 >= 0, "factors of a regularizer are 0 or more")
    (self.l1, self.l2) = (l1, l2)
  }

  /// What the weights add to the loss: summed in doubles, in an order that depends on their number alone.
  public func term(of weights: Buffer) -> Double {
    (l1 == 0 ? 0 : l1 * weights.sumOfMagnitudes) + (l2 == 0 ? 0 : l2 * weights.sumOfSquares)
  }

  /// Adds the derivative of the term by the weights, element by element: any part of a parameter gets the same bits.
  public func addGradient(of weights: Buffer, to gradients: Buffer) {
    gradients.addPenalty(of: weights, l1: Float(l1), l2: Float(l2))
  }
}
