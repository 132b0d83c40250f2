internal import CKernels
public import Tensors

/// A function f of one prediction p and its target t; the loss of an image is `scale` times its sum over all elements.
/// With e = 10^-7, as in Keras:
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
  case binaryFocal(BinaryFocal)

  /// w q^gamma (-t log p - (1 - t) log(1 - p)) with q = t (1 - p) + (1 - t) p and w = positive t + negative (1 - t),
  /// where t is the target with `smoothing` s: (1 - s) target + s / 2.
  public struct BinaryFocal: Hashable, Sendable {
    public var gamma: Float, positive: Float, negative: Float, smoothing: Float
    /// Whether p is the sigmoid of the prediction; then nothing is clipped. A p that is given is clipped to e...1 - e
    /// in the logarithms.
    public var isLogit: Bool

    public init(gamma: Float, positive: Float = 1, negative: Float = 1, smoothing: Float = 0, isLogit: Bool) {
      (self.gamma, self.positive, self.negative) = (gamma, positive, negative)
      (self.smoothing, self.isLogit) = (smoothing, isLogit)
    }
  }

  /// Writes the loss of each live image; 0 in dead lanes.
  public func measure(_ predictions: Tensor, target: Tensor, live: Int, scale: Double, into losses: LaneNumbers) {
    var function = kernel
    unsafe Predictions(predictions, target: target) { _ in true }
      .measure(live: live, scale: scale, into: losses) { input, sums in
        unsafe ck_element_loss(&function, input, sums)
      }
  }

  /// Writes the gradient of each image's loss times its factor; 0 where the factor is 0, and so in dead lanes.
  ///
  /// - Parameter factors: a float for each lane, of shape (1).
  public func differentiate(
    _ predictions: Tensor, target: Tensor, factors: Tensor, scale: Double, into gradient: Tensor
  ) {
    var function = kernel
    unsafe Predictions(predictions, target: target) { _ in true }
      .differentiate(factors: factors, scale: scale, into: gradient) { input, output in
        unsafe ck_element_loss_backward(&function, input, output)
      }
  }

  private var kernel: ck_element_function {
    var function = ck_element_function(
      kind: CK_SQUARED_LOSS, delta: 0, target_scale: 1, target_offset: 0, gamma: 0, positive: 1, negative: 1)
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
    case .binaryFocal(let focal):
      function.kind = focal.isLogit ? CK_BINARY_FOCAL_OF_LOGITS : CK_BINARY_FOCAL
      (function.target_scale, function.target_offset) = (1 - focal.smoothing, focal.smoothing / 2)
      (function.gamma, function.positive, function.negative) = (focal.gamma, focal.positive, focal.negative)
    }
    return function
  }
}
