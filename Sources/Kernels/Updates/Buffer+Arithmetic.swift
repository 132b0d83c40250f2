internal import CKernels
public import Tensors

extension Buffer {
  /// Adds another buffer, element by element.
  public func add(_ other: Buffer) {
    precondition(other.count == count, "\(other.count) floats added to \(count)")
    unsafe ck_accumulate(pointer, other.pointer, count)
  }

  /// Takes the values of another buffer and gives it its own.
  public func exchange(with other: Buffer) {
    precondition(other.count == count, "\(other.count) floats exchanged with \(count)")
    unsafe ck_exchange(pointer, other.pointer, count)
  }

  /// Moves every element towards another buffer: momentum * this + (1 - momentum) * other.
  public func follow(_ other: Buffer, momentum: Float) {
    precondition(other.count == count, "\(other.count) floats followed by \(count)")
    unsafe ck_average_moving(pointer, other.pointer, count, momentum)
  }

  /// Multiplies every element.
  public func scale(by factor: Float) { unsafe ck_scale(pointer, count, factor) }

  /// Moves every element into [-limit, limit]; NaN stays NaN.
  public func clamp(to limit: Float) {
    precondition(limit > 0, "a limit is greater than 0")
    unsafe ck_clamp(pointer, count, limit)
  }

  /// Adds the derivative of `l1 * sum |w| + l2 * sum w^2` by the weights w: `l1 * sign(w) + 2 * l2 * w`, sign(0) = 0.
  public func addPenalty(of weights: Buffer, l1: Float, l2: Float) {
    precondition(weights.count == count, "\(weights.count) weights for \(count) gradients")
    unsafe ck_add_penalty(pointer, weights.pointer, count, l1, l2)
  }

  /// Sum of the magnitudes, in doubles and a fixed order.
  public var sumOfMagnitudes: Double { unsafe ck_sum_of_magnitudes(pointer, count) }

  /// Sum of the squares, in doubles and a fixed order.
  public var sumOfSquares: Double { unsafe ck_sum_of_squares(pointer, count) }

  /// Whether no element is infinite or NaN.
  public var isFinite: Bool { unsafe ck_is_finite(pointer, count) != 0 }

  /// 64 bits of all bits, at the speed of memory: different for buffers that differ, but for one pair in 2^64. It
  /// guards against accidents only; `SHA256` also against intent.
  public var checksum: UInt64 {
    unsafe withBytes { bytes in unsafe ck_checksum(bytes.baseAddress?.assumingMemoryBound(to: UInt32.self), count) }
  }
}
