internal import CKernels
import Glibc
public import Tensors

/// Cross-entropy of classes against one class number at every position: predictions of shape (..., C), a target of
/// shape (..., 1), and for each image the mean over its positions.
///
///     of logits:         loss = log(sum over classes of e^z) - sum over classes of t z,  dz = softmax(z) - t
///     of probabilities:  loss = -sum over classes of t log(p),  p = x / sum of x, within 1e-7 ... 1 - 1e-7
///
/// The target t is `smoothing` / C for every class, and 1 - `smoothing` more for the class of the number. Positions of
/// the class `ignored` do not count: the mean is over the others, and 0 where there are none. A number that is no class
/// makes the loss NaN.
public struct SparseCrossEntropy: Sendable {
  public var isOfLogits: Bool
  public var smoothing: Float
  public var ignored: Float?

  /// What probabilities are kept away from 0 and 1 by: Keras's `epsilon`.
  static let epsilon = Double(Float(1e-7))

  public init(isOfLogits: Bool, smoothing: Float = 0, ignored: Float? = nil) {
    (self.isOfLogits, self.smoothing, self.ignored) = (isOfLogits, smoothing, ignored)
  }

  /// Writes the loss of each live image; 0 in dead lanes.
  ///
  /// - Parameter counts: scratch of a float for each lane.
  public func measure(_ predictions: Tensor, target: Tensor, live: Int, counts: Buffer, into losses: LaneNumbers) {
    check(predictions, target, live, counts)
    precondition(losses.lanes == predictions.lanes)
    let (from, to) = (predictions.layout, target.layout)
    count(target, into: counts)
    guard isOfLogits else { return measureProbabilities(predictions, target, live, counts, losses) }
    unsafe withIgnored { ignored in
      unsafe ck_cross_entropy_of_logits(
        predictions.pointer, from.strides, target.pointer, to.strides, from.runsOfPositions(to), from.lanes, live,
        smoothing, ignored, counts.pointer, losses.pointer)
    }
  }

  /// Writes the gradient of each image's loss times its factor; 0 in dead lanes.
  ///
  /// - Parameters:
  ///   - factors: a float for each lane, of shape (1).
  ///   - counts: scratch of a float for each lane.
  public func differentiate(
    _ predictions: Tensor, target: Tensor, live: Int, factors: Tensor, counts: Buffer, into gradient: Tensor
  ) {
    check(predictions, target, live, counts)
    let (from, to, out) = (predictions.layout, target.layout, gradient.layout)
    precondition(out.hasSameExtent(as: from) && factors.layout.planeCount == from.lanes)
    count(target, into: counts)
    guard isOfLogits else {
      return differentiateProbabilities(predictions, target, live, factors, counts, gradient)
    }
    unsafe withIgnored { ignored in
      unsafe ck_cross_entropy_of_logits_backward(
        predictions.pointer, from.strides, target.pointer, to.strides, from.runsOfPositions(to, out), from.lanes, live,
        smoothing, ignored, counts.pointer, factors.pointer, gradient.pointer, out.strides)
    }
  }

  private func check(_ predictions: Tensor, _ target: Tensor, _ live: Int, _ counts: Buffer) {
    precondition(target.layout.channels == 1, "a class number at every position, but the shape is \(target.shape)")
    precondition(live >= 0 && live <= predictions.lanes && counts.count >= predictions.lanes)
  }

  private func withIgnored(_ body: (UnsafePointer<Float>?) -> Void) {
    guard var ignored else { return body(nil) }
    unsafe body(&ignored)
  }

  private func count(_ target: Tensor, into counts: Buffer) {
    unsafe withIgnored { ignored in
      unsafe ck_count_positions(
        target.pointer, target.layout.strides, target.layout.runs(), target.lanes, ignored, counts.pointer)
    }
  }

  private func wanted(_ channel: Int, _ label: Float, _ classes: Int) -> Double {
    Double(smoothing) / Double(classes) + (Float(channel) == label ? 1 - Double(smoothing) : 0)
  }

  private func measureProbabilities(
    _ values: Tensor, _ target: Tensor, _ live: Int, _ counts: Buffer, _ losses: LaneNumbers
  ) {
    let classes = values.layout.channels
    for lane in 0..<values.lanes { losses[lane] = 0 }
    values.layout.forEachPosition { depth, height, width in
      for lane in 0..<live {
        let label = target[lane: lane, depth: depth, height: height, width: width, channel: 0]
        guard label != ignored else { continue }
        guard label >= 0, label < Float(classes), label == label.rounded() else {
          losses[lane] = .nan
          continue
        }
        func value(_ channel: Int) -> Double {
          Double(values[lane: lane, depth: depth, height: height, width: width, channel: channel])
        }
        let sum = (0..<classes).reduce(0) { $0 + value($1) }
        var loss = 0.0
        for channel in 0..<classes {
          let p = min(max(value(channel) / sum, SparseCrossEntropy.epsilon), 1 - SparseCrossEntropy.epsilon)
          loss -= wanted(channel, label, classes) * log(p)
        }
        losses[lane] += loss / Double(counts[lane])
      }
    }
  }

  private func differentiateProbabilities(
    _ values: Tensor, _ target: Tensor, _ live: Int, _ factors: Tensor, _ counts: Buffer, _ gradient: Tensor
  ) {
    let classes = values.layout.channels
    let inside = SparseCrossEntropy.epsilon...1 - SparseCrossEntropy.epsilon
    values.layout.forEachPosition { depth, height, width in
      for lane in 0..<values.lanes {
        let label = target[lane: lane, depth: depth, height: height, width: width, channel: 0]
        let isCounting = lane < live && label != ignored
        let factor =
          isCounting ? Double(factors[lane: lane, depth: 0, height: 0, width: 0, channel: 0] / counts[lane]) : 0
        func value(_ channel: Int) -> Double {
          Double(values[lane: lane, depth: depth, height: height, width: width, channel: channel])
        }
        let sum = isCounting ? (0..<classes).reduce(0) { $0 + value($1) } : 1
        // Of classes whose probability is not cut off: the others have no slope.
        func slope(_ channel: Int) -> Double {
          let p = value(channel) / sum
          return inside.contains(p) ? wanted(channel, label, classes) / p : 0
        }
        let common = isCounting ? (0..<classes).reduce(0) { $0 + slope($1) * value($1) / sum } : 0
        for channel in 0..<classes {
          let derivative = isCounting ? (common - slope(channel)) / sum * factor : 0
          gradient[lane: lane, depth: depth, height: height, width: width, channel: channel] = Float(derivative)
        }
      }
    }
  }
}
