public import Kernels
public import Tensors

/// A loss of one class number at every position: predictions of shape (..., C), targets of shape (..., 1). Positions of
/// the class `ignore_class` do not count.
public protocol ClassNumberLoss: ClassWeightedLoss {
  var ignoredClass: Int? { get }
  var reduction: LossReduction { get }
  var denominator: LossDenominator { get }
  var kernel: SparseCrossEntropy { get }
}

extension ClassNumberLoss {
  public var denominator: LossDenominator { .image }

  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape {
    try predictions.one().with(channels: 1)
  }

  public func isSumOfStrips(of predictions: Shape) -> Bool { denominator == .image }

  public func classCount(of predictions: Shape) -> Int? { predictions.channels }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    try signature(ofClassNumbers: inputs)
  }

  func signature(ofClassNumbers inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try signature(comparing: inputs)
    signature.scratch = { $0 }
    if denominator == .batch { (signature.pooledChannels, signature.needsPooling) = (1, true) }
    return signature
  }

  /// The divisors of the sums of the images. Pooled is the mean over the images of how many positions count, so that
  /// the mean of what the images come to is the sum of all over all that count.
  private func divisors(_ target: Tensor, _ moments: ChannelMoments, strips: Int, in counts: Buffer) -> Buffer {
    if moments.counts.count > 0 {
      counts.fill(moments.means[0])
    } else if reduction == .sum {
      counts.fill(1)
    } else {
      kernel.count(target, into: counts)
      counts.sumLanes(inGroupsOf: strips)
    }
    return counts
  }

  public func measure(_ pass: borrowing ForwardPass) {
    guard denominator == .batch else { return }
    kernel.count(pass.inputs[1], into: pass.scratch)
    var sum = 0.0
    for lane in 0..<pass.live { sum += Double(pass.scratch[lane]) }
    pass.moments.counts[0] = Float(pass.live)
    pass.moments.means[0] = Float(sum / Double(max(1, pass.live)))
    pass.moments.squaredDeviations[0] = 0
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let target = pass.inputs[1]
    kernel.measure(
      pass.inputs[0], target: target, live: pass.live,
      counts: divisors(target, pass.moments, strips: pass.strips, in: pass.scratch),
      into: pass.losses)
    pass.losses.copy(into: pass.output)
  }

  public func measureGradients(_ pass: borrowing BackwardPass) { pass.gradientSums.fill(0) }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    let target = pass.inputs[1]
    kernel.differentiate(
      pass.inputs[0], target: target, live: pass.live, factors: pass.outputGradient,
      counts: divisors(target, pass.moments, strips: pass.strips, in: pass.scratch), into: gradient)
  }
}

extension Buffer {
  /// Replaces the number of each lane by the sum over those of the same image.
  fileprivate func sumLanes(inGroupsOf strips: Int) {
    guard strips > 1 else { return }
    for first in stride(from: 0, through: count - strips, by: strips) {
      let sum = (0..<strips).reduce(0) { $0 + self[first + $1] }
      for lane in first..<first + strips { self[lane] = sum }
    }
  }
}
