internal import Tensors

/// The gated linear unit: y = a sigmoid(b), with a the first and b the second half of the channels.
enum Gate {
  static func apply(_ input: Tensor, into output: Tensor) {
    let (a, b) = halves(input, output.shape)
    ActivationFunction.sigmoid.apply(b, into: output)
    Combination.apply(.product, a, output, into: output)
  }

  /// Writes da = dy s and db = dy a s (1 - s), with s = sigmoid(b). Dead lanes stay zero.
  static func differentiate(input: Tensor, gradient: Tensor, into inputGradient: Tensor) {
    let (a, b) = halves(input, gradient.shape)
    let (first, second) = halves(inputGradient, gradient.shape)
    ActivationFunction.sigmoid.apply(b, into: second)
    Combination.apply(.product, gradient, a, into: first)
    ActivationFunction.sigmoid.differentiate(output: second, gradient: first, into: second)
    ActivationFunction.sigmoid.apply(b, into: first)
    Combination.apply(.product, gradient, first, into: first)
  }

  private static func halves(_ whole: Tensor, _ half: Shape) -> (Tensor, Tensor) {
    precondition(whole.shape.channels == 2 * half.channels && whole.shape.count == 2 * half.count)
    return (whole.channels(from: 0, as: half), whole.channels(from: half.channels, as: half))
  }
}
