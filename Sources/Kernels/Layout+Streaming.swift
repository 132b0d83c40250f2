internal import Tensors

extension Layout {
  /// Whether a tensor is written past the caches: one that is half as large as a usual third-level cache or larger will
  /// hardly be found there by whoever reads it next, and an ordinary store reads each line before it writes it.
  var isStreamed: Bool { count * MemoryLayout<Float>.stride >= 16 << 20 }
}
