internal import CKernels
public import Tensors

extension Buffer {
  /// Adds another buffer, element by element.
  public func add(_ other: Buffer) {
    precondition(other.count == count, "\(other.count) floats added to \(count)")
    unsafe ck_accumulate(pointer, other.pointer, count)
  }

  /// Multiplies every element.
  public func scale(by factor: Float) { unsafe ck_scale(pointer, count, factor) }

  /// Sum of the squares, in doubles and a fixed order.
  public var sumOfSquares: Double { unsafe ck_sum_of_squares(pointer, count) }

  /// Whether no element is infinite or NaN.
  public var isFinite: Bool { unsafe ck_is_finite(pointer, count) != 0 }
}
