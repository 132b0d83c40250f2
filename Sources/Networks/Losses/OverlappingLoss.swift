public import Kernels
public import Tensors

/// A loss of the overlap of predicted and true shares, from 0 to 1 and of the same shape, over groups of elements of an
/// image, or with `denominator: batch` of all images of a batch; over the groups goes `reduction`.
public protocol OverlappingLoss: LossLayer {
  var reduction: LossReduction { get }
  var function: OverlapLoss { get }
  /// Along which elements belong to one group, as Keras counts axes; nil for all. The batch, 0, may be among them, but
  /// whether groups reach beyond an image is a matter of `denominator`.
  var axes: [Int]? { get }
  var denominator: LossDenominator { get }
}

extension OverlappingLoss {
  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape { try predictions.one() }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try signature(comparing: inputs)
    let shape = inputs[0]
    let ofImages = (axes ?? []).filter { $0 != 0 && $0 != -1 - shape.rank }
    _ = try shape.positions(ofAxes: ofImages)
    let joined = joined(in: shape)
    guard denominator == .batch else {
      guard axes == nil || joined != [] else {
        throw ShapeError(
          "is taken over axis 0, the batch, alone; name axes of the image, from 1 to \(shape.rank), or add "
            + "'denominator: batch'.")
      }
      signature.saved = { OverlapLoss.slopeCount(of: shape, axes: joined, lanes: $0) }
      signature.savesAtInference = true
      return signature
    }
    guard axes.map({ $0.count > ofImages.count }) ?? true else {
      throw ShapeError(
        "has 'denominator: batch', but its axes \(axes ?? []) leave out 0, the batch; add it, or remove the "
          + "denominator.")
    }
    signature.saved = { OverlapLoss.slopeCount(of: shape, axes: joined, lanes: $0) }
    signature.savesAtInference = true
    signature.scratch = { OverlapLoss.sumCount(of: shape, axes: joined, lanes: $0) }
    signature.pooledChannels = 3 * joined.groupCount(of: shape)
    signature.needsPooling = true
    signature.overwritesOutputGradient = true
    return signature
  }

  private func joined(in shape: Shape) -> OverlapLoss.Axes {
    guard let axes else { return .all }
    var joined: OverlapLoss.Axes = []
    for axis in axes {
      let fromEnd = axis < 0 ? -axis - 1 : shape.rank - axis
      if fromEnd < shape.rank { joined.insert(OverlapLoss.Axes(rawValue: 1 << fromEnd)) }
    }
    return joined
  }

  /// Pools I, T and P of every group.
  public func measure(_ pass: borrowing ForwardPass) {
    guard denominator == .batch else { return }
    let predictions = pass.inputs[0]
    OverlapLoss.sum(
      predictions, target: pass.inputs[1], axes: joined(in: predictions.shape), live: pass.live, scratch: pass.scratch,
      means: pass.moments.means)
    pass.moments.counts.fill(Float(pass.live))
    pass.moments.squaredDeviations.fill(0)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let predictions = pass.inputs[0]
    let joined = joined(in: predictions.shape)
    let divisor = reduction.divisor(positions: joined.groupCount(of: predictions.shape))
    if pass.moments.counts.count > 0 {
      // Every image has the loss of the batch.
      let loss = function.measure(
        means: pass.moments.means, images: Double(pass.moments.counts[0]), divisor: divisor, lanes: predictions.lanes,
        slopes: pass.saved)
      for lane in 0..<pass.losses.lanes { pass.losses[lane] = lane < pass.live ? loss : 0 }
    } else {
      function.measure(
        predictions, target: pass.inputs[1], axes: joined, live: pass.live, divisor: divisor, slopes: pass.saved,
        into: pass.losses)
    }
    pass.losses.copy(into: pass.output)
  }

  /// Pools what all images count, because the loss of each is that of all.
  public func measureGradients(_ pass: borrowing BackwardPass) {
    pass.gradientSums.fill(0)
    guard pass.gradientSums.count > 0 else { return }
    let (gradient, first) = (pass.outputGradient.storage, pass.outputGradient.layout.origin)
    var sum = 0.0
    for lane in 0..<pass.live { sum += Double(gradient[first + lane]) }
    pass.gradientSums[0] = Float(sum)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let factors = pass.outputGradient
    if pass.gradientSums.count > 0 {
      for lane in 0..<pass.live { factors.storage[factors.layout.origin + lane] = pass.gradientSums[0] }
    }
    guard let gradient = pass.inputGradient else { return }
    let joined = joined(in: gradient.shape)
    OverlapLoss.differentiate(
      target: pass.inputs[1], axes: joined, slopes: pass.saved, factors: factors,
      divisor: reduction.divisor(positions: joined.groupCount(of: gradient.shape)), into: gradient)
  }
}

extension LayerConfiguration {
  /// Keras's `axis` of an overlap: null, one axis or several.
  func overlapAxes() throws(ImportError) -> [Int]? { value("axis") == .null ? nil : try axes("axis") }
}
