import Foundation
import Tensors

/// Slow twins of the losses: their definitions, of one group of elements.
package enum ReferenceLoss {
  /// Of the predictions and targets that make one loss together.
  package typealias Definition = (_ predictions: [Dual], _ target: [Double]) -> Dual

  /// The sum over the groups of each live lane, and its gradient times a factor for each.
  ///
  /// - Parameter group: the group of an element of an image.
  package static func run(
    _ definition: Definition, _ p: ReferenceTensor, target: ReferenceTensor, live: Int, factors: [Double],
    group: (_ depth: Int, _ height: Int, _ width: Int, _ channel: Int) -> [Int]
  ) -> (losses: [Double], gradient: ReferenceTensor) {
    var members: [[Int]: [Int]] = [:]
    var order: [[Int]] = []
    var index = 0
    for cell in p.cells {
      for channel in 0..<p.shape.channels {
        let key = group(cell.depth, cell.height, cell.width, channel)
        if members[key] == nil { order.append(key) }
        members[key, default: []].append(index)
        index += 1
      }
    }
    var losses = [Double](repeating: 0, count: p.lanes)
    var gradient = ReferenceTensor(p.shape, lanes: p.lanes)
    for lane in 0..<live {
      for key in order {
        let places = members[key]!.map { lane * p.shape.count + $0 }
        var predictions = places.map { Dual(p.values[$0]) }
        let targets = places.map { target.values[$0] }
        losses[lane] += definition(predictions, targets).value
        for (position, place) in places.enumerated() {
          predictions[position].slope = 1
          gradient.values[place] = factors[lane] * definition(predictions, targets).slope
          predictions[position].slope = 0
        }
      }
    }
    return (losses, gradient)
  }

  static let epsilon = 1e-7
  static let one = Dual(1), two = Dual(2), half = Dual(0.5), zero = Dual(0)

  /// Of all elements of an image.
  package static func definition(_ loss: ElementLoss) -> Definition {
    { predictions, targets in
      let isBinary = targets.allSatisfy { $0 == 0 || $0 == 1 }
      var sum = zero
      for (p, t) in zip(predictions, targets) { sum = sum + element(loss, p, t, isBinary) }
      return sum
    }
  }

  private static func element(_ loss: ElementLoss, _ p: Dual, _ t: Double, _ isBinary: Bool) -> Dual {
    let d = p - Dual(t)
    switch loss {
    case .squaredError: return d * d
    case .absoluteError: return d.magnitude
    case .percentageError: return Dual(100 / Swift.max(abs(t), epsilon)) * d.magnitude
    case .logarithmicError:
      let predicted = (Dual.max(p, Dual(epsilon)) + one).logarithm()
      let error = predicted - Dual(log(Swift.max(t, epsilon) + 1))
      return error * error
    case .huber(let delta):
      let end = Dual(Double(delta))
      if d.magnitude.value <= end.value { return half * d * d }
      return end * d.magnitude - half * end * end
    case .logCosh:
      let sum = d.exponential() + (-d).exponential()
      return (sum / two).logarithm()
    case .poisson: return p - Dual(t) * (p + Dual(epsilon)).logarithm()
    case .divergence:
      let share = Dual(t).clipped(epsilon, 1)
      return share * (share / p.clipped(epsilon, 1)).logarithm()
    case .hinge, .squaredHinge:
      let margin = Dual.max(one - Dual(isBinary ? 2 * t - 1 : t) * p, zero)
      return loss == .hinge ? margin : margin * margin
    case .binary(let binary): return classWeight(binary, t) * entropy(binary, p, t).entropy
    case .binaryFocal(let binary, let focus): return binaryFocal(binary, focus, p, t)
    }
  }

  private static func classWeight(_ binary: ElementLoss.Binary, _ target: Double) -> Dual {
    Dual(Double(binary.weightOfZero) * (1 - target) + Double(binary.weightOfOne) * target)
  }

  /// Of a prediction, with the target and the share that it is made of.
  private static func entropy(
    _ binary: ElementLoss.Binary, _ p: Dual, _ target: Double
  ) -> (entropy: Dual, target: Dual, share: Dual) {
    let smoothing = Double(binary.smoothing)
    let t = Dual(target * (1 - smoothing) + smoothing / 2)
    let share = binary.isLogit ? one / (one + (-p).exponential()) : p
    let clipped = binary.isLogit ? share : share.clipped(epsilon, 1 - epsilon)
    return (-(t * clipped.logarithm() + (one - t) * (one - clipped).logarithm()), t, share)
  }

  private static func binaryFocal(
    _ binary: ElementLoss.Binary, _ focus: ElementLoss.Focus, _ p: Dual, _ target: Double
  ) -> Dual {
    let (entropy, t, share) = entropy(binary, p, target)
    let rest = one - t
    let base = t * (one - share) + rest * share
    let weight = Dual(Double(focus.positive)) * t + Dual(Double(focus.negative)) * rest
    return classWeight(binary, target) * weight * base.power(Double(focus.gamma)) * entropy
  }

  /// Of a group of shares.
  package static func definition(_ loss: OverlapLoss) -> Definition {
    { p, targets in
      var (both, predicted, wanted) = (zero, zero, zero)
      for (share, target) in zip(p, targets) {
        both = both + share * Dual(target)
        predicted = predicted + share
        wanted = wanted + Dual(target)
      }
      var denominator = Dual(Double(loss.common)) * both
      denominator = denominator + Dual(Double(loss.targets)) * wanted
      denominator = denominator + Dual(Double(loss.predictions)) * predicted + Dual(epsilon)
      return one - Dual(Double(loss.numerator)) * both / denominator
    }
  }
}
