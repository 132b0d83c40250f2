extension Decoder {
  /// A value that is written alone, without the names of arguments; nil where they are there.
  func alone<Value: Decodable>(_ type: Value.Type) -> Value? {
    guard let container = try? singleValueContainer() else { return nil }
    return try? container.decode(type)
  }
}
