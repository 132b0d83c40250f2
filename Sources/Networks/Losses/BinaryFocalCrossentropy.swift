public import Kernels
public import Tensors

/// Cross-entropy of yes-or-no predictions in which those that are right weigh less, the mean over all elements of an
/// image (Lin et al., "Focal Loss for Dense Object Detection", 2017):
///
///     w q^gamma (-t log(p) - (1 - t) log(1 - p)),  q = t (1 - p) + (1 - t) p
///
/// w is 1, or with `apply_class_balancing` alpha t + (1 - alpha) (1 - t); t (1 - label_smoothing) + label_smoothing / 2
/// is taken for t. Predictions of any shape, probabilities, which the logarithms see within 1e-7...1 - 1e-7, or with
/// `from_logits` what a sigmoid makes probabilities of, which nothing clips: as Keras computes it in `fit`. Targets of
/// the same shape.
public struct BinaryFocalCrossentropy: ElementwiseLoss, ClassWeightedLoss {
  public static let kerasName = "BinaryFocalCrossentropy"
  public static let functionName = "binary_focal_crossentropy"
  public var isOfLogits: Bool
  public let balancesClasses: Bool
  public let alpha: Double, gamma: Double
  public let labelSmoothing: Double
  /// Which axis the mean is over before the reduction: a mean over all elements does not depend on it.
  public let axis: Int
  public let reduction: LossReduction
  public var classWeights: [Double] = []

  public init(
    isOfLogits: Bool = false, balancesClasses: Bool = false, alpha: Double = 0.25, gamma: Double = 2,
    labelSmoothing: Double = 0, axis: Int = -1, reduction: LossReduction = .mean
  ) {
    (self.isOfLogits, self.balancesClasses, self.alpha, self.gamma) = (isOfLogits, balancesClasses, alpha, gamma)
    (self.labelSmoothing, self.axis, self.reduction) = (labelSmoothing, axis, reduction)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    isOfLogits = try configuration.bool("from_logits", default: false)
    balancesClasses = try configuration.bool("apply_class_balancing", default: false)
    alpha = try configuration.nonnegative("alpha", default: 0.25)
    gamma = try configuration.nonnegative("gamma", default: 2)
    labelSmoothing = try configuration.labelSmoothing()
    axis = try configuration.classAxis()
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    reduction.describing([
      "from_logits": .bool(isOfLogits), "apply_class_balancing": .bool(balancesClasses), "alpha": .number(alpha),
      "gamma": .number(gamma), "label_smoothing": .number(labelSmoothing), "axis": .integer(axis),
    ])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let signature = try signature(comparing: inputs)
    _ = try inputs[0].axisFromEnd(axis)
    return signature
  }

  public func elementsTogether(in shape: Shape) -> Int { shape.dimensions[axis < 0 ? shape.rank + axis : axis - 1] }

  public func absorbing(_ activation: ActivationFunction) -> (any LossLayer)? {
    guard activation == .sigmoid, !isOfLogits else { return nil }
    var loss = self
    loss.isOfLogits = true
    return loss
  }

  public var function: ElementLoss {
    .binaryFocal(
      binary(isLogit: isOfLogits, smoothing: labelSmoothing),
      ElementLoss.Focus(
        gamma: Float(gamma), positive: balancesClasses ? Float(alpha) : 1,
        negative: balancesClasses ? Float(1 - alpha) : 1))
  }
}
