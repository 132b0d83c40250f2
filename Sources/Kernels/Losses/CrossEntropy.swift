internal import CKernels
public import Tensors

/// Cross-entropy of class scores against integer labels, with its gradient, in one pass over a tensor of shape
/// (classes,).
public enum CrossEntropy {
  /// Sums over the live images of one shard.
  public struct Sums: Hashable, Sendable {
    public var loss: Double
    /// Images whose label has the largest score; the first of equal scores counts.
    public var correct: Int
  }

  /// Softmax and cross-entropy: loss = log(sum over classes of e^z) - sum over classes of t z, gradient = (softmax(z) -
  /// t) * scale, where t is `smoothing` / classes, plus 1 - `smoothing` at the label.
  ///
  /// - Parameters:
  ///   - labels: one class index for each live image.
  ///   - classWeights: one for each class: what loss and gradient of the images of that label are multiplied by; nil is
  ///     1 for all.
  ///   - gradient: overwritten, zero in dead lanes; may be `logits`. nil where only the sums are wanted.
  ///   - scale: 1 / images of the global batch, for a mean over it.
  public static func ofLogits(
    _ logits: Tensor, labels: [Int32], live: Int, smoothing: Float = 0, classWeights: Buffer? = nil,
    gradient: Tensor? = nil, scale: Float = 1
  ) -> Sums {
    check(logits, labels, live, gradient)
    precondition(classWeights == nil || classWeights!.count == logits.layout.channels, "one weight for each class")
    let result = unsafe labels.withUnsafeBufferPointer { labels in
      unsafe ck_cross_entropy_of_logits(
        logits.pointer, logits.layout.channelStride, logits.layout.channels, logits.lanes, live, labels.baseAddress,
        smoothing, classWeights?.pointer,
        gradient?.pointer, gradient?.layout.channelStride ?? 0, scale)
    }
    return Sums(loss: result.loss, correct: Int(result.correct))
  }

  private static func check(_ scores: Tensor, _ labels: [Int32], _ live: Int, _ gradient: Tensor?) {
    let layout = scores.layout
    precondition(
      layout.planeCount == layout.lanes, "class scores have no spatial axes, but the shape is \(scores.shape)")
    precondition(live >= 0 && live <= layout.lanes && labels.count >= live, "\(labels.count) labels for \(live) images")
    for image in 0..<live {
      precondition(
        labels[image] >= 0 && labels[image] < layout.channels, "label \(labels[image]) of \(layout.channels) classes")
    }
    if let gradient { precondition(gradient.layout.hasSameExtent(as: layout)) }
  }
}
