public import Tensors

/// Count, mean and sum of squared deviations per channel: what batch statistics are pooled from.
///
/// They lie in one buffer: all counts, all means, all sums of squared deviations.
public struct ChannelMoments: Sendable {
  /// Elements behind each mean; 0 where a shard is empty.
  public let counts: Buffer
  public let means: Buffer
  /// Sum over the elements of (x - mean)^2.
  public let squaredDeviations: Buffer

  /// - Parameter storage: three floats per channel.
  public init(_ storage: Buffer) {
    precondition(storage.count % 3 == 0)
    let count = storage.count / 3
    self.init(
      counts: storage[0..<count], means: storage[count..<2 * count], squaredDeviations: storage[2 * count..<3 * count])
  }

  private init(counts: Buffer, means: Buffer, squaredDeviations: Buffer) {
    (self.counts, self.means, self.squaredDeviations) = (counts, means, squaredDeviations)
  }

  /// Some of the channels.
  public subscript(range: Range<Int>) -> ChannelMoments {
    ChannelMoments(counts: counts[range], means: means[range], squaredDeviations: squaredDeviations[range])
  }
}

extension ChannelMoments {
  /// The biased variance of each channel: squared deviations over the count.
  func writeVariances(into variances: Buffer) {
    for channel in 0..<variances.count {
      let count = counts[channel]
      variances[channel] = count > 0 ? squaredDeviations[channel] / count : 0
    }
  }

  public func copy(from source: ChannelMoments) {
    counts.copy(from: source.counts)
    means.copy(from: source.means)
    squaredDeviations.copy(from: source.squaredDeviations)
  }
}
