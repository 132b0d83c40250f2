internal import CKernels
public import Tensors

/// Cross-entropy of classes against one class number at every position: predictions of shape (..., C), a target of
/// shape (..., 1), and for each image the sum over its positions, divided by a number of the image.
///
///     of logits:         loss = log(sum over classes of e^z) - sum over classes of t z,  dz = softmax(z) - t
///     of probabilities:  loss = log(sum over classes of p) - sum over classes of t log(p)
///                        dp = 1 / (sum of p) - t / p, with p within 1e-7 ... 1 - 1e-7, and 0 for what was outside
///     generalized:       loss = (1 - p^power) / power for the p of the class, dp = -p^(power - 1), with p at least
///                        1e-7 in dp, and at most 1
///
/// The target t is `smoothing` / C for every class, and 1 - `smoothing` more for the class of the number. Positions of
/// the class `ignored` do not count. A number that is no class makes the loss NaN.
public struct SparseCrossEntropy: Sendable {
  public var isOfLogits: Bool
  /// Of the generalized one, of probabilities, above 0 and at most 1; nil for cross-entropy itself.
  public var power: Double?
  public var smoothing: Float
  public var ignored: Float?
  /// The factor of the loss of a position, one for each class; empty where all count the same.
  public var classWeights: Buffer

  /// The generalized one.
  public init(power: Double, ignored: Float? = nil, classWeights: Buffer = .empty) {
    self.init(isOfLogits: false, ignored: ignored, classWeights: classWeights)
    precondition(power > 0 && power <= 1)
    self.power = power
  }

  public init(isOfLogits: Bool, smoothing: Float = 0, ignored: Float? = nil, classWeights: Buffer = .empty) {
    (self.isOfLogits, self.smoothing, self.ignored) = (isOfLogits, smoothing, ignored)
    self.classWeights = classWeights
  }

  /// Writes how many positions of each image count, one float for each lane.
  public func count(_ target: Tensor, into counts: Buffer) {
    precondition(target.layout.channels == 1 && counts.count >= target.lanes)
    unsafe withNumbers(counts) { numbers in
      unsafe ck_count_positions(
        target.pointer, target.layout.strides, target.layout.runs(), target.lanes, numbers.pointee.ignored,
        counts.pointer)
    }
  }

  /// Writes the loss of each live image; 0 in dead lanes.
  ///
  /// - Parameter counts: what the sum of each lane is divided by; one that is 0 has no loss.
  public func measure(_ predictions: Tensor, target: Tensor, live: Int, counts: Buffer, into losses: LaneNumbers) {
    check(predictions, target, live, counts)
    precondition(losses.lanes == predictions.lanes)
    let (from, to) = (predictions.layout, target.layout)
    let run = unsafe isOfLogits ? ck_cross_entropy_of_logits : ck_cross_entropy_of_probabilities
    unsafe withNumbers(counts) { numbers in
      if let power {
        return unsafe ck_generalized_cross_entropy(
          numbers, power, predictions.pointer, from.strides, target.pointer, to.strides, from.runsOfPositions(to),
          from.lanes, live, losses.pointer)
      }
      unsafe run(
        numbers, predictions.pointer, from.strides, target.pointer, to.strides, from.runsOfPositions(to), from.lanes,
        live, losses.pointer)
    }
  }

  /// Writes the gradient of each image's loss times its factor; 0 where the factor is 0, and in dead lanes.
  ///
  /// - Parameters:
  ///   - factors: a float for each lane, of shape (1).
  ///   - counts: as in `measure`.
  public func differentiate(
    _ predictions: Tensor, target: Tensor, live: Int, factors: Tensor, counts: Buffer, into gradient: Tensor
  ) {
    check(predictions, target, live, counts)
    let (from, to, out) = (predictions.layout, target.layout, gradient.layout)
    precondition(out.hasSameExtent(as: from) && factors.layout.planeCount == from.lanes)
    let run = unsafe isOfLogits ? ck_cross_entropy_of_logits_backward : ck_cross_entropy_of_probabilities_backward
    unsafe withNumbers(counts) { numbers in
      if let power {
        return unsafe ck_generalized_cross_entropy_backward(
          numbers, power, predictions.pointer, from.strides, target.pointer, to.strides,
          from.runsOfPositions(to, out), from.lanes, live, factors.pointer, gradient.pointer, out.strides)
      }
      unsafe run(
        numbers, predictions.pointer, from.strides, target.pointer, to.strides, from.runsOfPositions(to, out),
        from.lanes, live, factors.pointer, gradient.pointer, out.strides)
    }
  }

  private func check(_ predictions: Tensor, _ target: Tensor, _ live: Int, _ counts: Buffer) {
    precondition(target.layout.channels == 1, "a class number at every position, but the shape is \(target.shape)")
    precondition(live >= 0 && live <= predictions.lanes && counts.count >= predictions.lanes)
    precondition(classWeights.count == 0 || classWeights.count == predictions.layout.channels, "one for each class")
  }

  @unsafe private func withNumbers(_ counts: Buffer, _ body: (UnsafePointer<ck_class_numbers>) -> Void) {
    var number = ignored ?? 0
    unsafe withUnsafePointer(to: &number) { number in
      var numbers = unsafe ck_class_numbers(
        smoothing: smoothing, ignored: ignored == nil ? nil : number,
        class_weights: classWeights.count == 0 ? nil : UnsafePointer(classWeights.pointer),
        counts: UnsafePointer(counts.pointer))
      unsafe body(&numbers)
    }
  }
}
