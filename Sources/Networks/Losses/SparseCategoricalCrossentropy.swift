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
public struct SparseCategoricalCrossentropy: ClassNumberLoss {
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

  public func absorbing(_ activation: ActivationFunction) -> (any LossLayer)? {
    guard activation == .softmax, !isOfLogits else { return nil }
    var loss = self
    loss.isOfLogits = true
    return loss
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let signature = try signature(ofClassNumbers: inputs)
    guard axis == -1 || axis == inputs[0].rank else {
      throw ShapeError(
        "has the classes along axis \(axis), but Keras and Convoy take them along the last one of \(inputs[0]), "
          + "-1 or \(inputs[0].rank); permute the axes before it.")
    }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.weights = Buffer(classWeights.map { Float($0) })
    return copy
  }

  public var kernel: SparseCrossEntropy {
    SparseCrossEntropy(
      isOfLogits: isOfLogits, smoothing: Float(labelSmoothing), ignored: ignoredClass.map { Float($0) },
      classWeights: weights)
  }
}
