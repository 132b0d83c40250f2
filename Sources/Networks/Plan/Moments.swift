public import Tensors

/// Count, mean and sum of squared deviations per channel: what batch statistics are pooled from.
public struct Moments: Sendable {
  /// Elements behind each mean; 0 where a shard is empty.
  public let counts: Buffer
  public let means: Buffer
  /// Sum over the elements of (x - mean)^2.
  public let squaredDeviations: Buffer

  public init(counts: Buffer, means: Buffer, squaredDeviations: Buffer) {
    (self.counts, self.means, self.squaredDeviations) = (counts, means, squaredDeviations)
  }

  public subscript(range: Range<Int>) -> Moments {
    Moments(counts: counts[range], means: means[range], squaredDeviations: squaredDeviations[range])
  }
}
