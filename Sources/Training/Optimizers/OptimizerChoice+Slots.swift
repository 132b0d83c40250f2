package import Keras

extension OptimizerChoice {
  /// What it keeps from step to step, in the order of its buffers.
  package var slots: [OptimizerSlot] {
    switch name {
    case .sgd, .lars: momentum == 0 ? [] : [.velocity]
    case .adam, .adamw, .lamb: [.mean, .square]
    case .rmsprop: [.square] + (momentum == 0 ? [] : [.velocity]) + (centered ? [.mean] : [])
    }
  }
}

extension Recipe {
  /// What is kept of every trainable variable: by the optimizer, and behind it the average of the weights.
  package var slots: [OptimizerSlot] { optimizer.slots + (average == nil ? [] : [.average]) }
}
