internal import CKernels
public import Tensors

/// Steps of optimizers over flat buffers, one pass each, as Keras defines them.
public enum WeightUpdate {
  /// Stochastic gradient descent. Without a velocity w -= rate * g; with one v = momentum * v - rate * g, then w += v,
  /// or with `nesterov` w += momentum * v - rate * g.
  ///
  /// - Parameter velocity: the slot; needed when `momentum` is not 0.
  public static func descend(
    _ weights: Buffer, gradients: Buffer, velocity: Buffer? = nil, rate: Float, momentum: Float = 0,
    nesterov: Bool = false,
    decay: WeightDecay = .none
  ) {
    precondition(gradients.count == weights.count)
    guard let velocity else {
      precondition(momentum == 0, "momentum needs a velocity")
      return unsafe ck_descend(weights.pointer, gradients.pointer, weights.count, step(rate, decay))
    }
    precondition(velocity.count == weights.count)
    unsafe ck_descend_with_momentum(
      weights.pointer, gradients.pointer, velocity.pointer, weights.count, step(rate, decay), momentum, nesterov ? 1 : 0
    )
  }

  /// Adam (Kingma and Ba, ICLR 2015) in Keras's form, with decoupled decay AdamW: m += (g - m) (1 - beta1); v += (g^2 -
  /// v) (1 - beta2); w -= rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon).
  ///
  /// - Parameters:
  ///   - mean: the slot m.
  ///   - square: the slot v.
  ///   - step: t, 1 for the first.
  public static func adam(
    _ weights: Buffer, gradients: Buffer, mean: Buffer, square: Buffer, rate: Float, beta1: Float = 0.9,
    beta2: Float = 0.999,
    epsilon: Float = 1e-7, step count: Int, decay: WeightDecay = .none
  ) {
    precondition(gradients.count == weights.count && mean.count == weights.count && square.count == weights.count)
    precondition(count > 0, "steps of Adam count from 1")
    let corrected = Double(rate) * (1 - power(beta2, count)).squareRoot() / (1 - power(beta1, count))
    unsafe ck_adam(
      weights.pointer, gradients.pointer, mean.pointer, square.pointer, weights.count, step(rate, decay), beta1, beta2,
      epsilon,
      Float(corrected))
  }

  /// RMSprop (Hinton, "Neural networks for machine learning", lecture 6, 2012) in Keras's form: v += (g^2 - v) (1 -
  /// rho); w -= rate * g / sqrt(v + epsilon). With momentum the steps gather in a velocity, u = momentum * u + step;
  /// centered, the square of the mean gradient a is taken off v, a += (g - a) (1 - rho).
  ///
  /// - Parameters:
  ///   - square: the slot v.
  ///   - velocity: the slot u; needed when `momentum` is not 0.
  ///   - average: the slot a, where the update is centered.
  public static func rmsprop(
    _ weights: Buffer, gradients: Buffer, square: Buffer, velocity: Buffer? = nil, average: Buffer? = nil, rate: Float,
    rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7, decay: WeightDecay = .none
  ) {
    let slots = [square, velocity ?? square, average ?? square]
    precondition(gradients.count == weights.count && slots.allSatisfy { $0.count == weights.count })
    precondition(momentum == 0 || velocity != nil, "momentum needs a velocity")
    unsafe ck_rmsprop(
      weights.pointer, gradients.pointer, square.pointer, velocity?.pointer, average?.pointer, weights.count,
      step(rate, decay), rho, momentum, epsilon)
  }

  /// The direction of LAMB (You et al., "Large batch optimization for deep learning", ICLR 2020), which takes the place
  /// of the gradients: m and v as in `adam`, then m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + decay * w.
  ///
  /// - Parameter step: t, 1 for the first.
  public static func lambDirection(
    _ weights: Buffer, gradients: Buffer, mean: Buffer, square: Buffer, beta1: Float, beta2: Float, epsilon: Float,
    step count: Int, decay: Float
  ) {
    precondition(gradients.count == weights.count && mean.count == weights.count && square.count == weights.count)
    precondition(count > 0, "steps of LAMB count from 1")
    unsafe ck_lamb_direction(
      weights.pointer, gradients.pointer, mean.pointer, square.pointer, weights.count, beta1, beta2, epsilon,
      Float(1 - power(beta1, count)), Float(1 - power(beta2, count)), decay)
  }

  private static func step(_ rate: Float, _ decay: WeightDecay) -> ck_step {
    switch decay {
    case .none: ck_step(rate: rate, coupled_decay: 0, decoupled_decay: 0)
    case .coupled(let factor): ck_step(rate: rate, coupled_decay: factor, decoupled_decay: 0)
    case .decoupled(let factor): ck_step(rate: rate, coupled_decay: 0, decoupled_decay: factor)
    }
  }

  /// By repeated squaring: the same bits with every C library.
  private static func power(_ base: Float, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, Double(base), exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
