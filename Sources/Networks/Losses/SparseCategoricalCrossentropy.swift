public import Kernels
public import Tensors

/// Cross-entropy of classes against class numbers, the mean over the positions of an image:
///
///     loss = -sum over classes of t log(p),  t = label_smoothing / C, and 1 - label_smoothing more for the class
///
/// Predictions of shape (..., C), probabilities or, with `from_logits`, what a softmax makes probabilities of; targets
/// of shape (..., 1). Positions of the class `ignore_class` do not count: the mean of an image is over the others.
/// Keras has the smoothing for categorical targets only.
public struct SparseCategoricalCrossentropy: LossLayer {
  public static let kerasName = "SparseCategoricalCrossentropy"
  public static let functionName = "sparse_categorical_crossentropy"

  public var isOfLogits: Bool
  public let labelSmoothing: Double
  public let ignoredClass: Int?

  public init(isOfLogits: Bool = false, labelSmoothing: Double = 0, ignoredClass: Int? = nil) {
    (self.isOfLogits, self.labelSmoothing, self.ignoredClass) = (isOfLogits, labelSmoothing, ignoredClass)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    isOfLogits = try configuration.bool("from_logits", default: false)
    labelSmoothing = try configuration.labelSmoothing()
    ignoredClass =
      configuration.value("ignore_class") == .null ? nil : try configuration.integer("ignore_class")
    try configuration.expect("axis", among: [-1])
    try configuration.checkLossKeys()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values: [String: JSONValue] = ["from_logits": .bool(isOfLogits)]
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

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try signature(comparing: inputs)
    signature.scratch = { $0 }
    return signature
  }

  private var kernel: SparseCrossEntropy {
    SparseCrossEntropy(
      isOfLogits: isOfLogits, smoothing: Float(labelSmoothing), ignored: ignoredClass.map { Float($0) })
  }

  public func forward(_ pass: borrowing ForwardPass) {
    kernel.measure(
      pass.inputs[0], target: pass.inputs[1], live: pass.live, counts: pass.scratch, into: pass.losses)
    pass.losses.copy(into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    kernel.differentiate(
      pass.inputs[0], target: pass.inputs[1], live: pass.live, factors: pass.outputGradient, counts: pass.scratch,
      into: gradient)
  }
}
