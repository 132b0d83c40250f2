public import Kernels
public import Tensors

/// Cross-entropy of classes against class numbers, the mean over the positions of an image:
///
///     loss = log(sum over classes of p) - sum over classes of t log(p)
///     t = label_smoothing / C, and 1 - label_smoothing more for the class
///
/// Predictions of shape (..., C), probabilities p, which are taken within 1e-7...1 - 1e-7, or, with `from_logits`, what
/// a softmax makes probabilities of, which nothing clips; targets of shape (..., 1). Positions of the class
/// `ignore_class` do not count: the mean of an image is over the others, or, with `denominator: batch`, that of a batch
/// is over all others of the batch, as in Keras. Where none counts, the loss is 0. Keras has the smoothing for
/// categorical targets only.
public struct SparseCategoricalCrossentropy: ClassWeightedLoss {
  public static let kerasName = "SparseCategoricalCrossentropy"
  public static let functionName = "sparse_categorical_crossentropy"

  public var isOfLogits: Bool
  public let labelSmoothing: Double
  public let ignoredClass: Int?
  /// The last one, as Keras counts it: -1, or the rank of an image.
  public let axis: Int
  public let reduction: LossReduction
  public let denominator: LossDenominator
  public var classWeights: [Double] = []
  private var weights = Buffer.empty

  public init(
    isOfLogits: Bool = false, labelSmoothing: Double = 0, ignoredClass: Int? = nil, axis: Int = -1,
    reduction: LossReduction = .mean, denominator: LossDenominator = .image
  ) {
    (self.isOfLogits, self.labelSmoothing, self.ignoredClass) = (isOfLogits, labelSmoothing, ignoredClass)
    (self.axis, self.reduction, self.denominator) = (axis, reduction, denominator)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    isOfLogits = try configuration.bool("from_logits", default: false)
    labelSmoothing = try configuration.labelSmoothing()
    ignoredClass =
      configuration.value("ignore_class") == .null ? nil : try configuration.integer("ignore_class")
    axis = try configuration.classAxis()
    reduction = try configuration.lossReduction()
    denominator = try configuration.lossDenominator()
    guard denominator == .image || reduction == .mean else {
      throw ImportError(
        "\(configuration.place): with reduction 'sum' nothing is divided; leave out denominator, or reduction.")
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = reduction.describing(["from_logits": .bool(isOfLogits)])
    // Keras 2 does not know it.
    if axis != -1 { values["axis"] = .integer(axis) }
    if labelSmoothing > 0 { values["label_smoothing"] = .number(labelSmoothing) }
    if let ignoredClass { values["ignore_class"] = .integer(ignoredClass) }
    return values
  }

  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape {
    try predictions.one().with(channels: 1)
  }

  public func absorbing(_ activation: ActivationFunction) -> (any LossLayer)? {
    guard activation == .softmax, !isOfLogits else { return nil }
    var loss = self
    loss.isOfLogits = true
    return loss
  }

  public func isSumOfStrips(of predictions: Shape) -> Bool { denominator == .image }

  public func classCount(of predictions: Shape) -> Int? { predictions.channels }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try signature(comparing: inputs)
    guard axis == -1 || axis == inputs[0].rank else {
      throw ShapeError(
        "has the classes along axis \(axis), but Keras and Convoy take them along the last one of \(inputs[0]), "
          + "-1 or \(inputs[0].rank); permute the axes before it.")
    }
    signature.scratch = { $0 }
    if denominator == .batch { (signature.pooledChannels, signature.needsPooling) = (1, true) }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.weights = Buffer(classWeights.map { Float($0) })
    return copy
  }

  private var kernel: SparseCrossEntropy {
    SparseCrossEntropy(
      isOfLogits: isOfLogits, smoothing: Float(labelSmoothing), ignored: ignoredClass.map { Float($0) },
      classWeights: weights)
  }

  /// What the sum of each image is divided by. Pooled is the mean over the images of how many positions count, so that
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
