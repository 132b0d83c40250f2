public import Kernels
public import Tensors

/// Cross-entropy of classes against shares of classes, mostly one of 1 and the others 0; the mean over the positions of
/// an image:
///
///     -sum over classes of t log(o),  t (1 - label_smoothing) + label_smoothing / C taken for t
///
/// Predictions of any shape, with the classes along `axis`: probabilities p, of which o is p / sum of p within 1e-7...1
/// - 1e-7, and 1e-7 where that sum is 0; or with `from_logits` scores, of which o is the softmax, and nothing is
/// clipped. Targets of the same shape. As in Keras, C is the size of the last axis.
///
/// Backward of logits: dz = o * (sum of t) - t. TensorFlow takes the sum of t for 1.
public struct CategoricalCrossentropy: ClasswiseLoss {
  public static let kerasName = "CategoricalCrossentropy"
  public static let functionName = "categorical_crossentropy"
  public var isOfLogits: Bool
  public let labelSmoothing: Double
  public let axis: Int
  public let reduction: LossReduction

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

  public func absorbing(_ activation: ActivationFunction) -> (any LossLayer)? {
    guard activation == .softmax, !isOfLogits, axis == -1 else { return nil }
    var loss = self
    loss.isOfLogits = true
    return loss
  }

  public var function: ClassLoss { .crossEntropy(isLogit: isOfLogits) }

  public func prepare(_ classes: inout ClassLoss.Classes, shape: Shape) {
    (classes.targetScale, classes.targetOffset) = (
      Float(1 - labelSmoothing), Float(labelSmoothing / Double(shape.channels))
    )
  }
}
