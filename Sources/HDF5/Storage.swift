/// How the elements of a new dataset lie in the file.
public enum Storage: Sendable {
  /// One run of bytes: what Keras writes, and the fastest to read.
  case contiguous
  /// Blocks of the given shape, each compressed with deflate unless its level (1 to 9) is 0. A growable dataset can
  /// later be given more rows.
  case chunked(_ chunk: [Int], deflate: Int = 0, growable: Bool = false)
}
