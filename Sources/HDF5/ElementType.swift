/// The type of the elements of a dataset or attribute, whatever their byte order in the file.
public enum ElementType: Hashable, Sendable, CustomStringConvertible {
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case float16, float32, float64
  case string
  /// Bytes without a meaning of their own, such as bfloat16 as Keras stores it.
  case opaque(bytes: Int)
  case other(String)

  public var description: String {
    switch self {
    case .int8: "int8"
    case .uint8: "uint8"
    case .int16: "int16"
    case .uint16: "uint16"
    case .int32: "int32"
    case .uint32: "uint32"
    case .int64: "int64"
    case .uint64: "uint64"
    case .float16: "float16"
    case .float32: "float32"
    case .float64: "float64"
    case .string: "string"
    case .opaque(let bytes): "opaque of \(bytes) bytes"
    case .other(let name): name
    }
  }

  var isNumber: Bool {
    switch self {
    case .string, .opaque, .other: false
    default: true
    }
  }
}
