import Foundation

/// Slow twins of `WeightUpdate`, for one weight.
package struct ReferenceUpdate {
  package var weight: Double
  /// SGD's velocity, or Adam's m.
  package var first = 0.0
  /// Adam's v.
  package var second = 0.0
  /// RMSprop's mean gradient.
  package var third = 0.0
  package let rate: Double
  package let decay: WeightDecay

  package init(weight: Double, rate: Double, decay: WeightDecay) {
    (self.weight, self.rate, self.decay) = (weight, rate, decay)
  }

  package mutating func descend(_ gradient: Double, momentum: Double, nesterov: Bool) {
    let slope = decayed(gradient)
    first = momentum * first - rate * slope
    weight += nesterov ? momentum * first - rate * slope : first
  }

  package mutating func adam(_ gradient: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int) {
    let slope = decayed(gradient)
    first += (slope - first) * (1 - beta1)
    second += (slope * slope - second) * (1 - beta2)
    let corrected = rate * (1 - pow(beta2, Double(step))).squareRoot() / (1 - pow(beta1, Double(step)))
    weight -= corrected * first / (second.squareRoot() + epsilon)
  }

  /// `first` is the velocity, `second` the mean square.
  package mutating func rmsprop(_ gradient: Double, rho: Double, momentum: Double, epsilon: Double, isCentered: Bool) {
    let slope = decayed(gradient)
    second += (slope * slope - second) * (1 - rho)
    if isCentered { third += (slope - third) * (1 - rho) }
    first = momentum * first + rate * slope / (second - third * third + epsilon).squareRoot()
    weight -= first
  }

  /// The direction of LAMB; the weight stays.
  package mutating func lambDirection(
    _ gradient: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int, decay: Double
  ) -> Double {
    first += (gradient - first) * (1 - beta1)
    second += (gradient * gradient - second) * (1 - beta2)
    let mean = first / (1 - pow(beta1, Double(step)))
    return mean / ((second / (1 - pow(beta2, Double(step)))).squareRoot() + epsilon) + decay * weight
  }

  /// A gradient with the derivative of `l1 * |w| + l2 * w^2` added to it.
  package func penalized(_ gradient: Double, l1: Double, l2: Double) -> Double {
    gradient + l1 * (weight > 0 ? 1 : weight < 0 ? -1 : 0) + 2 * l2 * weight
  }

  private mutating func decayed(_ gradient: Double) -> Double {
    switch decay {
    case .none: return gradient
    case .coupled(let factor): return gradient + Double(factor) * weight
    case .decoupled(let factor):
      weight -= rate * Double(factor) * weight
      return gradient
    }
  }
}
