internal import CKernels
public import Tensors

/// Scores of classes beside their targets: what thresholds, the largest scores and confidences are counted of. Whole
/// numbers over some lanes; the order in which they are added does not matter.
///
/// Scores (…, K). Targets (…, K) hold for each class whether it is wanted, not 0; targets (…) or (…, 1) hold the number
/// of the one class that is. Where K is 1, a target is whether that is wanted.
public struct LabelledScores {
  /// Which scores are positive.
  public enum Rule: Hashable, Sendable {
    case above(Float)
    /// All of the largest, unless that is 0.
    case largest
    /// Of the k largest, those above a threshold.
    case top(Int, above: Float)
  }

  private let output: Tensor
  private let target: Tensor
  private let positions: ck_positions
  private let isNumber: Bool
  public let classCount: Int

  public init(_ output: Tensor, target: Tensor) {
    let axis = output.shape.rank - 1
    let isNumber = LabelledScores.holdsClassNumbers(target.shape, for: output.shape)
    let hasClassAxis = !isNumber && target.shape.rank == output.shape.rank
    guard
      let shared = SharedPositions(output, without: axis, target, without: hasClassAxis ? axis : nil)
    else { preconditionFailure("\(output.shape) and \(target.shape) have no positions in common") }
    precondition(output.lanes == target.lanes)
    (self.output, self.target, self.isNumber) = (output, target, isNumber)
    (positions, classCount) = (shared.positions, output.shape.channels)
  }

  /// Whether a target holds class numbers, not a value for each class.
  public static func holdsClassNumbers(_ target: Shape, for output: Shape) -> Bool {
    output.channels > 1 && target != output
  }

  /// Adds to `counts[3 c...]` of each class c: positions that are positive and wanted, positive ones, wanted ones.
  public func addPositives(_ rule: Rule, of lanes: Range<Int>, to counts: inout [Int64]) {
    precondition(counts.count >= 3 * classCount, "no room for \(classCount) classes")
    var positive = ck_positive_rule(kind: CK_POSITIVE_LARGEST, threshold: 0, k: 0)
    switch rule {
    case .above(let threshold): (positive.kind, positive.threshold) = (CK_POSITIVE_ABOVE, threshold)
    case .largest: positive.kind = CK_POSITIVE_LARGEST
    case .top(let k, let threshold): positive = ck_positive_rule(kind: CK_POSITIVE_TOP, threshold: threshold, k: k)
    }
    unsafe add(of: lanes, to: &counts) { labelled, start, end, counts in
      unsafe ck_count_positives(labelled, positive, start, end, counts)
    }
  }

  /// Adds to `counts[2 ((n + 1) c + b) + w]` of each class c: positions with b of the n thresholds below their score; w
  /// is 1 where the class is wanted.
  ///
  /// - Parameters:
  ///   - thresholds: ascending.
  ///   - isEven: whether Keras's arithmetic for thresholds i / (n - 1) says how many are below.
  public func addThresholds(_ thresholds: [Float], isEven: Bool, of lanes: Range<Int>, to counts: inout [Int64]) {
    let n = thresholds.count
    precondition(counts.count >= 2 * (n + 1) * classCount, "no room for \(classCount) classes")
    unsafe thresholds.withUnsafeBufferPointer { thresholds in
      unsafe add(of: lanes, to: &counts) { labelled, start, end, counts in
        unsafe ck_count_thresholds(labelled, thresholds.baseAddress, n, isEven ? 1 : 0, start, end, counts)
      }
    }
  }

  /// Adds to `counts[3 b...]` of each of some equal intervals of the largest probability: positions, those whose class
  /// is wanted, and the sum of probabilities in units of 2^-32.
  public func addConfidences(bins: Int, of lanes: Range<Int>, to counts: inout [Int64]) {
    precondition(counts.count >= 3 * bins, "no room for \(bins) bins")
    unsafe add(of: lanes, to: &counts) { labelled, start, end, counts in
      unsafe ck_count_confidences(labelled, bins, start, end, counts)
    }
  }

  private func add(
    of lanes: Range<Int>, to counts: inout [Int64],
    _ body: (UnsafePointer<ck_labelled_scores>, _ start: Int, _ end: Int, UnsafeMutablePointer<Int64>) -> Void
  ) {
    precondition(lanes.lowerBound >= 0 && lanes.upperBound <= output.lanes)
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      for group in lanes.lowerBound / 16..<(lanes.upperBound + 15) / 16 {
        var labelled = unsafe ck_labelled_scores(
          scores: output.pointer + 16 * group, targets: target.pointer + 16 * group, positions: positions,
          count: classCount, score_stride: output.layout.channelStride, target_stride: target.layout.channelStride,
          is_class_number: isNumber ? 1 : 0)
        let (start, end) = (max(0, lanes.lowerBound - 16 * group), min(16, lanes.upperBound - 16 * group))
        if start < end { unsafe body(&labelled, start, end, counts.baseAddress!) }
      }
    }
  }
}
