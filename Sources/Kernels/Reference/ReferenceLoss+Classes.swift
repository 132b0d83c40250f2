import Foundation

extension ReferenceLoss {
  /// Of the classes of a position.
  package static func definition(_ loss: ClassLoss, targetScale: Double, targetOffset: Double) -> Definition {
    { p, targets in
      switch loss {
      case .crossEntropy(let isLogit):
        var sum = zero
        for (share, target) in zip(shares(p, isLogit), targets) {
          sum = sum - Dual(target * targetScale + targetOffset) * share.logarithm()
        }
        return sum
      case .focal(let gamma, let isLogit):
        var sum = zero
        for (index, share) in shares(p, isLogit).enumerated() {
          let target = Dual(targets[index] * targetScale + targetOffset)
          sum = sum - weight(index) * (one - share).power(Double(gamma)) * target * share.logarithm()
        }
        return sum
      case .cosine: return cosine(p, targets)
      case .categoricalHinge: return categoricalHinge(p, targets)
      }
    }
  }

  /// The weight of a class in the twin of the focal loss.
  package static func weight(_ index: Int) -> Dual { Dual(0.25 + 0.125 * Double(index % 3)) }

  private static func cosine(_ p: [Dual], _ targets: [Double]) -> Dual {
    var (product, square, length) = (zero, zero, 0.0)
    for (number, target) in zip(p, targets) {
      product = product + number * Dual(target)
      square = square + number * number
      length += target * target
    }
    return -(product / (square.squareRoot() * Dual(length.squareRoot())))
  }

  private static func categoricalHinge(_ p: [Dual], _ targets: [Double]) -> Dual {
    var best = Dual(1 - targets[0]) * p[0]
    var right = zero
    for (score, target) in zip(p, targets) {
      best = Dual.max(best, Dual(1 - target) * score)
      right = right + score * Dual(target)
    }
    return Dual.max(best - right + one, zero)
  }

  private static func shares(_ p: [Dual], _ isLogit: Bool) -> [Dual] {
    let largest = p.map { $0.value }.max() ?? 0
    let terms = isLogit ? p.map { ($0 - Dual(largest)).exponential() } : p
    var sum = zero
    for term in terms { sum = sum + term }
    return terms.map { term in
      let share = term / sum
      return isLogit ? share : share.clipped(epsilon, 1 - epsilon)
    }
  }

  /// Of one box.
  package static func definition(_ loss: BoxLoss, format: BoxLoss.Format) -> Definition {
    { predictions, targets in
      let (p, t) = (corners(predictions, format), corners(targets.map { Dual($0) }, format))
      let small = Dual(epsilon)
      let (width, height) = (p[2] - p[0], p[3] - p[1])
      let (targetWidth, targetHeight) = (t[2] - t[0], t[3] - t[1])
      let across = Dual.max(Dual.min(p[2], t[2]) - Dual.max(p[0], t[0]), zero)
      let down = Dual.max(Dual.min(p[3], t[3]) - Dual.max(p[1], t[1]), zero)
      let common = across * down
      let union = width * height + targetWidth * targetHeight - common
      let iou = common / (union + small)
      let rest = one - iou
      if loss == .iou { return rest }
      let hullWidth = Dual.max(p[2], t[2]) - Dual.min(p[0], t[0])
      let hullHeight = Dual.max(p[3], t[3]) - Dual.min(p[1], t[1])
      let hull = hullWidth * hullHeight
      if loss == .giou { return rest + (hull - union) / (hull + small) }
      let (x, y) = (half * (p[0] + p[2] - t[0] - t[2]), half * (p[1] + p[3] - t[1] - t[3]))
      let distance = (x * x + y * y) / (hullWidth * hullWidth + hullHeight * hullHeight + small)
      if loss == .diou { return rest + distance }
      let turn = (width / height).arcTangent() - (targetWidth / targetHeight).arcTangent()
      let aspect = Dual(4 / (Double.pi * Double.pi)) * turn * turn
      return rest + distance + aspect * aspect / (rest + aspect + small)
    }
  }

  private static func corners(_ box: [Dual], _ format: BoxLoss.Format) -> [Dual] {
    guard format == .centre else { return box }
    let (width, height) = (half * box[2], half * box[3])
    return [box[0] - width, box[1] - height, box[0] + width, box[1] + height]
  }
}
