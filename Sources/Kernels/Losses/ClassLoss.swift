internal import CKernels
public import Tensors

/// A function of all classes of a position: predictions p_c against targets t_c. The loss of an image is
/// its sum over the positions, divided by `divisor`. With e = 10^-7, as in Keras:
public enum ClassLoss: Hashable, Sendable {
  /// -sum over classes of t log o. Of probabilities, o is p / sum of p, clipped to e...1 - e, and e where that sum is
  /// 0; of logits it is softmax(p), and nothing is clipped.
  case crossEntropy(isLogit: Bool)
  /// -sum over classes of w (1 - o)^gamma t log o, with o as above and one weight w for each class.
  case focal(gamma: Float, isLogit: Bool)
  /// -(sum of p t) / (|p| |t|), lengths being at least e. Where p is 0 it has no slope.
  case cosine
  /// max(largest of (1 - t) p - sum of t p + 1, 0). Classes that share the largest score share its slope.
  case categoricalHinge

  /// Where the classes are, and what the targets become.
  public struct Classes: Sendable {
    /// 0 the channels, 1 the width, 2 the height, 3 the depth.
    public var axis: Int
    /// t = targetScale * target + targetOffset, in cross-entropies.
    public var targetScale: Float = 1
    public var targetOffset: Float = 0
    /// One for each class, of the focal loss alone.
    public var weights: Buffer = .empty

    public init(axis: Int = 0) { self.axis = axis }
  }

  /// Writes the loss of each live image; 0 in dead lanes.
  public func measure(
    _ predictions: Tensor, target: Tensor, classes: Classes, live: Int, divisor: Double, into losses: LaneNumbers
  ) {
    var function = unsafe kernel(classes, predictions.layout)
    unsafe Predictions(predictions, target: target) { $0 == classes.axis }
      .measure(live: live, divisor: divisor, into: losses) { input, sums in
        unsafe ck_class_loss(&function, input, sums)
      }
  }

  /// Writes the gradient of each image's loss times its factor; 0 where the factor is 0, and so in dead lanes.
  ///
  /// - Parameter factors: a float for each lane, of shape (1).
  public func differentiate(
    _ predictions: Tensor, target: Tensor, classes: Classes, factors: Tensor, divisor: Double, into gradient: Tensor
  ) {
    var function = unsafe kernel(classes, predictions.layout)
    unsafe Predictions(predictions, target: target) { $0 == classes.axis }
      .differentiate(factors: factors, divisor: divisor, into: gradient) { input, output in
        unsafe ck_class_loss_backward(&function, input, output)
      }
  }

  @unsafe private func kernel(_ classes: Classes, _ layout: Layout) -> ck_class_function {
    var function = unsafe ck_class_function(
      kind: CK_COSINE, target_scale: classes.targetScale, target_offset: classes.targetOffset, gamma: 0,
      weights: classes.weights.pointer)
    switch self {
    case .crossEntropy(let isLogit): unsafe function.kind = isLogit ? CK_CROSS_ENTROPY_OF_LOGITS : CK_CROSS_ENTROPY
    case .focal(let gamma, let isLogit):
      precondition(classes.weights.count == layout.size(ofAxis: classes.axis), "one weight for each class")
      unsafe function.kind = isLogit ? CK_FOCAL_OF_LOGITS : CK_FOCAL
      unsafe function.gamma = gamma
    case .cosine: unsafe function.kind = CK_COSINE
    case .categoricalHinge: unsafe function.kind = CK_CATEGORICAL_HINGE
    }
    return unsafe function
  }
}
