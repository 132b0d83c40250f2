internal import CKernels
public import Tensors

/// A function f of one prediction p and its target t; the loss of an image is its sum over all elements,
/// divided by `divisor`. With e = 10^-7, as in Keras:
public enum ElementLoss: Hashable, Sendable {
  /// (p - t)^2
  case squaredError
  /// |p - t|; no slope at 0.
  case absoluteError
  /// 100 |p - t| / max(|t|, e)
  case percentageError
  /// (log(max(p, e) + 1) - log(max(t, e) + 1))^2
  case logarithmicError
  /// d^2 / 2 where |d| <= delta, delta |d| - delta^2 / 2 elsewhere, with d = p - t
  case huber(delta: Float)
  /// log(cosh(p - t))
  case logCosh
  /// p - t log(p + e)
  case poisson
  /// t log(t / p), both clipped to e...1
  case divergence
  /// max(1 - t p, 0). Where an image's targets are 0 and 1 alone, they stand for -1 and 1.
  case hinge
  /// max(1 - t p, 0)^2, in the same way
  case squaredHinge
  case binary(Binary)
  case binaryFocal(Binary, Focus)

  /// -t log p - (1 - t) log(1 - p), where t is the target with `smoothing` s: (1 - s) target + s / 2. p is the
  /// prediction, clipped to e...1 - e in the logarithms, or its sigmoid, which nothing clips.
  public struct Binary: Hashable, Sendable {
    /// Whether the prediction is what a sigmoid makes p of.
    public var isLogit: Bool
    public var smoothing: Float
    /// What elements count whose target is 0, and whose target is 1.
    public var weightOfZero: Float = 1, weightOfOne: Float = 1

    public init(isLogit: Bool, smoothing: Float = 0) { (self.isLogit, self.smoothing) = (isLogit, smoothing) }
  }

  /// w q^gamma times the binary entropy, with q = t (1 - p) + (1 - t) p and w = positive t + negative (1 - t).
  public struct Focus: Hashable, Sendable {
    public var gamma: Float, positive: Float, negative: Float

    public init(gamma: Float, positive: Float = 1, negative: Float = 1) {
      (self.gamma, self.positive, self.negative) = (gamma, positive, negative)
    }
  }

  /// Writes the loss of each live image; 0 in dead lanes.
  public func measure(_ predictions: Tensor, target: Tensor, live: Int, divisor: Double, into losses: LaneNumbers) {
    var function = kernel
    unsafe Predictions(predictions, target: target) { _ in true }
      .measure(live: live, divisor: divisor, into: losses) { input, sums in
        unsafe isBinary ? ck_binary_loss(&function, input, sums) : ck_element_loss(&function, input, sums)
      }
  }

  /// Writes the gradient of each image's loss times its factor; 0 where the factor is 0, and so in dead lanes.
  ///
  /// - Parameter factors: a float for each lane, of shape (1).
  public func differentiate(
    _ predictions: Tensor, target: Tensor, factors: Tensor, divisor: Double, into gradient: Tensor
  ) {
    var function = kernel
    unsafe Predictions(predictions, target: target) { _ in true }
      .differentiate(factors: factors, divisor: divisor, into: gradient) { input, output in
        unsafe isBinary
          ? ck_binary_loss_backward(&function, input, output) : ck_element_loss_backward(&function, input, output)
      }
  }

  private var isBinary: Bool { if case .binary = self { true } else { false } }

  private var kernel: ck_element_function {
    var function = ck_element_function(
      kind: CK_SQUARED_LOSS, delta: 0, smoothing: 0, weight_of_zero: 1, weight_of_one: 1, gamma: 0, positive: 1,
      negative: 1)
    switch self {
    case .squaredError: function.kind = CK_SQUARED_LOSS
    case .absoluteError: function.kind = CK_ABSOLUTE_LOSS
    case .percentageError: function.kind = CK_PERCENTAGE_LOSS
    case .logarithmicError: function.kind = CK_LOGARITHMIC_LOSS
    case .huber(let delta): (function.kind, function.delta) = (CK_HUBER_LOSS, delta)
    case .logCosh: function.kind = CK_LOG_COSH_LOSS
    case .poisson: function.kind = CK_POISSON_LOSS
    case .divergence: function.kind = CK_DIVERGENCE
    case .hinge: function.kind = CK_HINGE_LOSS
    case .squaredHinge: function.kind = CK_SQUARED_HINGE_LOSS
    case .binary(let binary):
      function.kind = binary.isLogit ? CK_BINARY_ENTROPY_OF_LOGITS : CK_BINARY_ENTROPY
      binary.describe(in: &function)
    case .binaryFocal(let binary, let focus):
      function.kind = binary.isLogit ? CK_BINARY_FOCAL_OF_LOGITS : CK_BINARY_FOCAL
      binary.describe(in: &function)
      (function.gamma, function.positive, function.negative) = (focus.gamma, focus.positive, focus.negative)
    }
    return function
  }
}

extension ElementLoss.Binary {
  fileprivate func describe(in function: inout ck_element_function) {
    function.smoothing = smoothing
    (function.weight_of_zero, function.weight_of_one) = (weightOfZero, weightOfOne)
  }
}
