public import Tensors

/// Moves weights along their gradients. Works on any part of the flat buffers, element by element.
public protocol Optimizer: Sendable {
  /// Buffers of the size of the weights that it keeps from step to step.
  var slotCount: Int { get }

  /// - Parameters:
  ///   - weights: moved.
  ///   - gradients: of the mean loss.
  ///   - slots: `slotCount` of them; zero before the first step.
  ///   - rate: the learning rate of this step.
  ///   - step: counted from 0.
  func update(_ weights: Buffer, gradients: Buffer, slots: [Buffer], rate: Float, step: Int)
}

extension Recipe {
  /// Buffers of the size of the weights that training keeps: the optimizer's, and the average of the weights.
  var slotCount: Int { optimizer.make().slotCount + (average == nil ? 0 : 1) }
}

extension OptimizerChoice {
  /// The optimizer that was chosen.
  public func make() -> any Optimizer {
    switch name {
    case .sgd:
      SGD(
        momentum: Float(momentum), nesterov: nesterov, weightDecay: Float(weightDecay ?? 0), isDecoupled: decoupled)
    case .adam:
      Adam(
        beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon ?? 1e-7), weightDecay: Float(weightDecay ?? 0),
        isDecoupled: false)
    case .adamw:
      Adam(
        beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon ?? 1e-7),
        weightDecay: Float(weightDecay ?? 0.004),
        isDecoupled: true)
    case .rmsprop:
      RMSprop(
        rho: Float(rho), momentum: Float(momentum), epsilon: Float(epsilon ?? 1e-7), isCentered: centered,
        weightDecay: Float(weightDecay ?? 0), isDecoupled: decoupled)
    case .lars:
      LARS(momentum: Float(momentum), weightDecay: Float(weightDecay ?? 0), coefficient: coefficient)
    case .lamb:
      LAMB(
        beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon ?? 1e-6),
        weightDecay: Float(weightDecay ?? 0.01)
      )
    }
  }

  /// The learning rate before any schedule.
  public var baseRate: Double { rate ?? (name == .sgd || name == .lars ? 0.01 : 0.001) }
}
