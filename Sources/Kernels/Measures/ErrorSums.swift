internal import CKernels
public import Tensors

/// Sums over the elements of an output x and a target y, for each image in doubles and in the order of its elements: an
/// image gives the same bits in whatever lane it is.
public struct ErrorSums {
  /// The error that is summed.
  public enum Element: Hashable, Sendable, CaseIterable {
    /// (x - y)^2
    case squared
    /// |x - y|
    case absolute
    /// 100 |x - y| / max(|y|, 1e-7)
    case percentage
    /// (log(1 + max(x, 1e-7)) - log(1 + max(y, 1e-7)))^2
    case squaredLogarithmic
    /// log(cosh(x - y))
    case logCosh
    /// x - y
    case signed
    /// y
    case target
    /// y^2
    case squaredTarget

    fileprivate var kind: ck_element_error {
      switch self {
      case .squared: CK_SQUARED_ERROR
      case .absolute: CK_ABSOLUTE_ERROR
      case .percentage: CK_PERCENTAGE_ERROR
      case .squaredLogarithmic: CK_SQUARED_LOGARITHMIC_ERROR
      case .logCosh: CK_LOG_COSH_ERROR
      case .signed: CK_ERROR
      case .target: CK_TARGET
      case .squaredTarget: CK_SQUARED_TARGET
      }
    }
  }

  private let output: Tensor
  private let target: Tensor
  private let positions: ck_positions
  private let axis: Int?

  /// - Parameters:
  ///   - target: of the output's shape, but for axes of one element.
  ///   - axis: of both shapes, along which vectors lie whose cosines are summed.
  public init(_ output: Tensor, target: Tensor, vectorAxis axis: Int? = nil) {
    guard let shared = SharedPositions(output, without: axis, target, without: axis) else {
      preconditionFailure("\(output.shape) and \(target.shape) differ")
    }
    if let axis { precondition(output.shape.dimensions[axis] == target.shape.dimensions[axis], "vectors differ") }
    precondition(output.lanes == target.lanes)
    (self.output, self.target, positions, self.axis) = (output, target, shared.positions, axis)
  }

  /// Elements of one image, or vectors.
  public var positionCount: Int {
    positions.count.0 * positions.count.1 * positions.count.2 * positions.count.3
  }

  /// The sums of 16 lanes.
  public func sums(of element: Element, group: Int) -> SIMD16<Double> {
    precondition(axis == nil, "elements, not vectors")
    return unsafe sums(group) { unsafe ck_sum_errors($0, $1, positions, element.kind, $2) }
  }

  /// The sums over all vectors a of the output and b of the target of a.b / (max(|a|, 1e-7) max(|b|, 1e-7)), of 16
  /// lanes.
  public func cosines(group: Int) -> SIMD16<Double> {
    let axis = axis!
    return unsafe sums(group) {
      unsafe ck_sum_cosines(
        $0, output.stride(ofAxis: axis), $1, target.stride(ofAxis: axis), output.shape.dimensions[axis], positions, $2)
    }
  }

  private func sums(
    _ group: Int, _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Double>) -> Void
  ) -> SIMD16<Double> {
    precondition(group >= 0 && 16 * group < output.lanes, "no group \(group) among \(output.lanes) lanes")
    var sums = SIMD16<Double>()
    unsafe withUnsafeMutableBytes(of: &sums) { bytes in
      unsafe body(
        output.pointer + 16 * group, target.pointer + 16 * group,
        bytes.bindMemory(to: Double.self).baseAddress!)
    }
    return sums
  }
}
