import Glibc
public import Tensors

/// Cross-entropy of the logits z of sigmoids against multi-label targets t of 0 and 1, with its gradient, on a
/// tensor of shape (labels,): Keras's `BinaryCrossentropy(from_logits=True)`.
///
///     loss = mean over labels of max(z, 0) - z t + log(1 + e^-|z|),  dz = (sigmoid(z) - t) / labels
///
/// Smoothing by s takes t (1 - s) + s / 2 for t.
public enum BinaryCrossEntropy {
  /// - Parameters:
  ///   - labels: for each live image, 0 or 1 for each label.
  ///   - classWeights: of one label alone, what loss and gradient of an image are multiplied by where it is 0 and where
  ///     it is 1; nil is 1 for both.
  ///   - gradient: overwritten, zero in dead lanes; may be `logits`. nil where only the sums are wanted.
  ///   - scale: 1 / images of the global batch, for a mean over it.
  /// - Returns: sums over the live images; right is an image with all its labels on the right side of 1/2.
  public static func ofLogits(
    _ logits: Tensor, labels: [Int32], live: Int, smoothing: Float = 0, classWeights: Buffer? = nil,
    gradient: Tensor? = nil,
    scale: Float = 1
  ) -> CrossEntropy.Sums {
    let (count, lanes, stride) = (logits.layout.channels, logits.lanes, logits.layout.channelStride)
    precondition(logits.layout.planeCount == lanes, "labels have no spatial axes, but the shape is \(logits.shape)")
    precondition(
      live >= 0 && live <= lanes && labels.count >= live * count, "\(labels.count) labels for \(live) images")
    precondition(classWeights == nil || count == 1 && classWeights!.count == 2, "a weight for each of two classes")
    if let gradient { precondition(gradient.layout.hasSameExtent(as: logits.layout)) }
    var sums = CrossEntropy.Sums(loss: 0, correct: 0)
    unsafe labels.withUnsafeBufferPointer { labels in
      for lane in 0..<lanes {
        var (loss, isRight) = (0.0, true)
        let weight = lane < live ? classWeights.map { unsafe Double($0[Int(labels[lane])]) } ?? 1 : 0
        for label in 0..<count {
          let z = Double(unsafe logits.pointer[label * stride + lane])
          var slope = 0.0
          if lane < live {
            let isSet = unsafe labels[lane * count + label] == 1
            let target = (isSet ? 1 - Double(smoothing) : 0) + Double(smoothing) / 2
            let power = exp(-abs(z))
            loss += max(z, 0) - z * target + log1p(power)
            slope = (z >= 0 ? 1 / (1 + power) : power / (1 + power)) - target
            isRight = isRight && (z > 0) == isSet
          }
          if let gradient {
            unsafe gradient.pointer[label * gradient.layout.channelStride + lane] =
              Float(slope * weight / Double(count)) * scale
          }
        }
        guard lane < live else { continue }
        sums.loss += weight * loss / Double(count)
        sums.correct += isRight ? 1 : 0
      }
    }
    return sums
  }
}
