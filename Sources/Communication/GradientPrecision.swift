/// In what form sums of gradients are kept and sent.
public enum GradientPrecision: String, Hashable, Sendable, Codable, CaseIterable {
  /// 32 bits.
  case float32
  /// Half the bytes on the wire. Every node of the shard tree, leaves included, is rounded to the nearest bfloat16 (8
  /// bits of significand, ties to even) wherever it is computed, so the result still is the same bits for any number of
  /// ranks.
  case bfloat16

  /// Floats of a message that hold `count` values.
  func words(for count: Int) -> Int { self == .float32 ? count : (count + 1) / 2 }
}
