/// How a run goes on from a checkpoint.
public struct Resumption: Hashable, Sendable {
  public let path: String
  /// Updates made before.
  public let step: Int
  /// Newer checkpoints that are damaged, and how. Known to the first rank only.
  public let skipped: [String]
}
