internal import CKernels
internal import Tensors

/// How a class is read from a tensor.
public enum ClassReading: Hashable, Sendable {
  /// The first of the largest values along an axis of the shape, from 0.
  case largest(axis: Int)
  /// The value without its fraction; none where it is below 0.
  case whole
  /// The value; none where it is not a whole number from 0 on.
  case exact
  /// 1 where the value is above a threshold, else 0.
  case above(Float)
  /// 1 where the value is a threshold or more, else 0.
  case atLeast(Float)
  /// 1 where the value is not 0.
  case isSet

  /// The axis along which classes lie.
  var axis: Int? { if case .largest(let axis) = self { axis } else { nil } }

  func of(_ tensor: Tensor) -> ck_class_reading {
    var reading = ck_class_reading(kind: CK_WHOLE, count: 1, stride: 0, threshold: 0)
    switch self {
    case .largest(let axis):
      reading.kind = CK_LARGEST
      (reading.count, reading.stride) = (tensor.shape.dimensions[axis], tensor.stride(ofAxis: axis))
    case .whole: reading.kind = CK_WHOLE
    case .exact: reading.kind = CK_EXACT
    case .above(let threshold): (reading.kind, reading.threshold) = (CK_ABOVE, threshold)
    case .atLeast(let threshold): (reading.kind, reading.threshold) = (CK_AT_LEAST, threshold)
    case .isSet: reading.kind = CK_SET
    }
    return reading
  }
}
