internal import CKernels
public import Tensors

/// Counts over the positions of two tensors: how often the classes that are read from them agree, and which are taken
/// for which. Whole numbers, image by image or over some lanes; the order in which they are added does not matter.
public struct ClassCounts {
  private let output: Tensor
  private let target: Tensor
  private let outputReading: ck_class_reading
  private let targetReading: ck_class_reading
  private let positions: ck_positions
  private let ignored: Int32

  /// - Parameters:
  ///   - ignored: the class of targets that does not count.
  public init(
    _ output: Tensor, _ outputReading: ClassReading, _ target: Tensor, _ targetReading: ClassReading,
    ignoring ignored: Int? = nil
  ) {
    guard
      let shared = SharedPositions(output, without: outputReading.axis, target, without: targetReading.axis)
    else { preconditionFailure("\(output.shape) and \(target.shape) have no positions in common") }
    precondition(output.lanes == target.lanes)
    (self.output, self.target, positions) = (output, target, shared.positions)
    (self.outputReading, self.targetReading) = (outputReading.of(output), targetReading.of(target))
    self.ignored = ignored.map(Int32.init) ?? -1
  }

  /// Positions of one image.
  public var positionCount: Int {
    positions.count.0 * positions.count.1 * positions.count.2 * positions.count.3
  }

  /// For each of 16 lanes, the positions at which both classes are the same, and those that count.
  ///
  /// - Parameter group: lanes from 16 `group` on.
  public func matches(group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>) {
    let start = first(of: group)
    var counts = (matches: SIMD16<Int64>(), counted: SIMD16<Int64>())
    unsafe withUnsafeMutableBytes(of: &counts) { bytes in
      let numbers = unsafe bytes.bindMemory(to: Int64.self).baseAddress!
      unsafe ck_count_matches(
        output.pointer + start, outputReading, target.pointer + start, targetReading, positions, ignored, numbers,
        numbers + 16)
    }
    return counts
  }

  /// For each of 16 lanes, the positions at which the target's class is one of the k with the largest scores.
  ///
  /// - Parameter breaksTies: whether of equal scores the first is the larger one; otherwise all of them are among the
  ///   largest that one of them is among, as Keras has it.
  public func top(_ k: Int, breaksTies: Bool, group: Int) -> SIMD16<Int64> {
    precondition(outputReading.kind == CK_LARGEST, "the largest scores lie along an axis")
    let start = first(of: group)
    var counts = SIMD16<Int64>()
    unsafe withUnsafeMutableBytes(of: &counts) { bytes in
      unsafe ck_count_top(
        output.pointer + start, outputReading, target.pointer + start, targetReading, positions, k,
        breaksTies ? 1 : 0, bytes.bindMemory(to: Int64.self).baseAddress!)
    }
    return counts
  }

  /// Adds to `counts[start + wanted * classes + predicted]`.
  ///
  /// - Parameter lanes: those that count.
  public func addConfusion(of lanes: Range<Int>, classes: Int, to counts: inout [Int64], from start: Int = 0) {
    precondition(lanes.lowerBound >= 0 && lanes.upperBound <= output.lanes)
    precondition(start >= 0 && start + classes * classes <= counts.count, "no room for \(classes) classes")
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      var lane = lanes.lowerBound
      while lane < lanes.upperBound {
        let (group, first) = (lane / 16, lane % 16)
        let end = min(16, lanes.upperBound - 16 * group)
        unsafe ck_count_confusion(
          output.pointer + 16 * group, outputReading, target.pointer + 16 * group, targetReading, positions, ignored,
          first, end, classes, counts.baseAddress! + start)
        lane = 16 * group + end
      }
    }
  }

  private func first(of group: Int) -> Int {
    precondition(group >= 0 && 16 * group < output.lanes, "no group \(group) among \(output.lanes) lanes")
    return 16 * group
  }
}
