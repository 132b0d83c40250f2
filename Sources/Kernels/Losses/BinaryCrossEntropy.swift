import Glibc
public import Tensors

/// Cross-entropy of yes-or-no predictions against targets t of the same shape, mostly 0 and 1, and for each image the
/// mean over all of its elements:
///
///     of logits:         loss = max(z, 0) - z t + log(1 + e^-|z|),  dz = sigmoid(z) - t
///     of probabilities:  loss = -t log(p) - (1 - t) log(1 - p),  p within 1e-7 ... 1 - 1e-7, outside of which dp = 0
///
/// Smoothing by s takes t (1 - s) + s / 2 for t.
public struct BinaryCrossEntropy: Sendable {
  public var isOfLogits: Bool
  public var smoothing: Double

  public init(isOfLogits: Bool, smoothing: Float = 0) {
    (self.isOfLogits, self.smoothing) = (isOfLogits, Double(smoothing))
  }

  /// Writes the loss of each live image; 0 in dead lanes.
  public func measure(_ predictions: Tensor, target: Tensor, live: Int, into losses: LaneNumbers) {
    check(predictions, target, live)
    precondition(losses.lanes == predictions.lanes)
    let (from, to) = (predictions.layout, target.layout)
    for lane in 0..<from.lanes { losses[lane] = 0 }
    from.forEachPosition { depth, height, width in
      for channel in 0..<from.channels {
        let x = from.offset(lane: 0, depth: depth, height: height, width: width, channel: channel)
        let t = to.offset(lane: 0, depth: depth, height: height, width: width, channel: channel)
        for lane in 0..<live { losses[lane] += loss(predictions.storage[x + lane], target.storage[t + lane]) }
      }
    }
    for lane in 0..<live { losses[lane] /= Double(predictions.shape.count) }
  }

  /// Writes the gradient of each image's loss times its factor; 0 in dead lanes.
  ///
  /// - Parameter factors: a float for each lane, of shape (1).
  public func differentiate(
    _ predictions: Tensor, target: Tensor, live: Int, factors: Tensor, into gradient: Tensor
  ) {
    check(predictions, target, live)
    let (from, to, out) = (predictions.layout, target.layout, gradient.layout)
    precondition(out.hasSameExtent(as: from) && factors.layout.planeCount == from.lanes)
    let (count, first) = (Double(predictions.shape.count), factors.layout.origin)
    from.forEachPosition { depth, height, width in
      for channel in 0..<from.channels {
        let x = from.offset(lane: 0, depth: depth, height: height, width: width, channel: channel)
        let t = to.offset(lane: 0, depth: depth, height: height, width: width, channel: channel)
        let dx = out.offset(lane: 0, depth: depth, height: height, width: width, channel: channel)
        for lane in 0..<from.lanes {
          // An image of no weight has no gradient, whatever it holds.
          let factor = factors.storage[first + lane]
          gradient.storage[dx + lane] =
            lane < live && factor != 0
            ? Float(slope(predictions.storage[x + lane], target.storage[t + lane]) / count) * factor : 0
        }
      }
    }
  }

  private func check(_ predictions: Tensor, _ target: Tensor, _ live: Int) {
    precondition(target.layout.hasSameExtent(as: predictions.layout), "\(target.shape) for \(predictions.shape)")
    precondition(live >= 0 && live <= predictions.lanes)
  }

  private func smoothed(_ target: Float) -> Double { Double(target) * (1 - smoothing) + smoothing / 2 }

  private func loss(_ x: Float, _ target: Float) -> Double {
    let (x, target) = (Double(x), smoothed(target))
    guard isOfLogits else {
      // A prediction that is no number stays one.
      let p = x.isNaN ? x : min(max(x, SparseCrossEntropy.epsilon), 1 - SparseCrossEntropy.epsilon)
      return -target * log(p) - (1 - target) * log(1 - p)
    }
    return max(x, 0) - x * target + log1p(exp(-abs(x)))
  }

  private func slope(_ x: Float, _ target: Float) -> Double {
    let (x, target) = (Double(x), smoothed(target))
    guard isOfLogits else {
      guard (SparseCrossEntropy.epsilon...1 - SparseCrossEntropy.epsilon).contains(x) else { return 0 }
      return (x - target) / (x * (1 - x))
    }
    let power = exp(-abs(x))
    return (x >= 0 ? 1 / (1 + power) : power / (1 + power)) - target
  }
}

extension Layout {
  /// Visits the positions of an image, row by row.
  func forEachPosition(_ body: (_ depth: Int, _ height: Int, _ width: Int) -> Void) {
    for depth in 0..<self.depth {
      for height in 0..<self.height {
        for width in 0..<self.width { body(depth, height, width) }
      }
    }
  }
}
