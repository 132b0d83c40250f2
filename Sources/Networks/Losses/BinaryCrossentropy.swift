public import Kernels
public import Tensors

/// Cross-entropy of yes-or-no predictions, the mean over all elements of an image:
///
///     loss = -t log(p) - (1 - t) log(1 - p),  t (1 - label_smoothing) + label_smoothing / 2 taken for t
///
/// Predictions of any shape, probabilities or, with `from_logits`, what a sigmoid makes probabilities of; targets of
/// the same shape, mostly 0 and 1.
public struct BinaryCrossentropy: LossLayer {
  public static let kerasName = "BinaryCrossentropy"
  public static let functionName = "binary_crossentropy"

  public var isOfLogits: Bool
  public let labelSmoothing: Double

  public init(isOfLogits: Bool = false, labelSmoothing: Double = 0) {
    (self.isOfLogits, self.labelSmoothing) = (isOfLogits, labelSmoothing)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    isOfLogits = try configuration.bool("from_logits", default: false)
    labelSmoothing = try configuration.labelSmoothing()
    try configuration.expect("axis", among: [-1])
    try configuration.checkLossKeys()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["from_logits": .bool(isOfLogits), "label_smoothing": .number(labelSmoothing)]
  }

  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape { try predictions.one() }

  public func absorbing(_ activation: ActivationFunction) -> (any LossLayer)? {
    guard activation == .sigmoid, !isOfLogits else { return nil }
    var loss = self
    loss.isOfLogits = true
    return loss
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { try signature(comparing: inputs) }

  private var kernel: BinaryCrossEntropy {
    BinaryCrossEntropy(isOfLogits: isOfLogits, smoothing: Float(labelSmoothing))
  }

  public func forward(_ pass: borrowing ForwardPass) {
    kernel.measure(pass.inputs[0], target: pass.inputs[1], live: pass.live, into: pass.losses)
    pass.losses.copy(into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    kernel.differentiate(
      pass.inputs[0], target: pass.inputs[1], live: pass.live, factors: pass.outputGradient, into: gradient)
  }
}
