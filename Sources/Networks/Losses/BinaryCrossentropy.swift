public import Kernels
public import Tensors

/// Cross-entropy of yes-or-no predictions, the mean over all elements of an image:
///
///     loss = -t log(p) - (1 - t) log(1 - p),  t (1 - label_smoothing) + label_smoothing / 2 taken for t
///
/// Predictions of any shape, probabilities, which the logarithms see within 1e-7...1 - 1e-7, or, with `from_logits`,
/// what a sigmoid makes probabilities of, which nothing clips; targets of the same shape, mostly 0 and 1.
///
/// Backward of logits: dz = sigmoid(z) - t.
public struct BinaryCrossentropy: ElementwiseLoss, ClassWeightedLoss {
  public static let kerasName = "BinaryCrossentropy"
  public static let functionName = "binary_crossentropy"

  public var isOfLogits: Bool
  public let labelSmoothing: Double
  /// Which axis the mean is over before the reduction: a mean over all elements does not depend on it.
  public let axis: Int
  public let reduction: LossReduction
  public var classWeights: [Double] = []

  public init(
    isOfLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1, reduction: LossReduction = .mean
  ) {
    (self.isOfLogits, self.labelSmoothing, self.axis, self.reduction) = (isOfLogits, labelSmoothing, axis, reduction)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    isOfLogits = try configuration.bool("from_logits", default: false)
    labelSmoothing = try configuration.labelSmoothing()
    axis = try configuration.classAxis()
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    reduction.describing([
      "from_logits": .bool(isOfLogits), "label_smoothing": .number(labelSmoothing), "axis": .integer(axis),
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

  public var function: ElementLoss { .binary(binary(isLogit: isOfLogits, smoothing: labelSmoothing)) }
}
