/// The type of a stored sample's numbers.
public enum SampleElement: String, Sendable, Codable {
  /// An unsigned byte, 0 to 255: images.
  case byte
  /// A 32-bit float in the machine's byte order.
  case float

  /// Bytes of one number.
  public var size: Int { self == .byte ? 1 : 4 }
}
