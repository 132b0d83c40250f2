import Datasets
import Digests
import Foundation
import Tensors
import Testing

/// The pixels of a sample in an epoch, after random transforms, have one SHA-256: for every source of the same images,
/// on any number of ranks and threads, and where a run goes on in the middle of the epoch.
@Suite struct AugmentedPixelTests {
  private static let transforms = """
    [{"RandomFlip": "horizontal_and_vertical"}, {"RandomTranslation": [0.2, 0.2]}, {"RandomRotation": 0.1},
     {"RandomElasticTransform": {"factor": 1, "scale": 0.5}}, {"RandomHue": 0.2}, {"RandomSharpness": 0.5},
     {"RandomErasing": 0.9}, {"RandomContrast": 0.3}, {"RandomCrop": [28, 28]}]
    """
  private static let (sample, epoch) = (13, 5)

  /// The SHA-256 of the sample as the rank that has it loads it.
  ///
  /// - Parameter skipped: samples of the epoch that were consumed before.
  private func digest(
    _ source: any DataSource, batch: Int, ranks: Int, threads: Int, skipped: Int, isShuffled: Bool
  ) throws -> String? {
    let transforms = try JSONDecoder().decode([TransformChoice].self, from: Data(Self.transforms.utf8))
    let preparation = try Preparation(for: source, Preprocessing(scale: 1 / 255), transforms: transforms, seed: 11)
    let sampler = Sampler(count: source.count, batch: batch, shards: ranks, shuffledBy: isShuffled ? 3 : nil)
    for rank in 0..<ranks {
      let loader = Loader(
        source, sampler: sampler, shards: rank..<rank + 1, preparation: preparation,
        from: Self.epoch * source.count + skipped, to: (Self.epoch + 1) * source.count, threads: threads)
      while let batch = try loader.next() {
        let shard = batch.shards[0]
        guard let lane = shard.samples.prefix(shard.liveCount).firstIndex(of: UInt32(Self.sample)) else { continue }
        let hash = SHA256()
        hash.update(shard.inputs[0].sample(lane).map { String($0.bitPattern) }.joined(separator: " "))
        return hash.finish()
      }
    }
    return nil
  }

  @Test func theyAreTheSameForEverySource() throws {
    var digests: Set<String> = []
    for trial in SourceTrial.all {
      for memory in [0, 1 << 20] {
        let source = try trial.open(memoryLimit: memory)
        for (ranks, threads) in [(1, 1), (1, 3), (2, 1), (4, 2)] {
          let shuffled = try digest(
            source, batch: 4, ranks: ranks, threads: threads, skipped: 0, isShuffled: true)
          digests.insert(try #require(shuffled))
          // In order, the sample comes after the eighth.
          let resumed = try digest(
            source, batch: 8, ranks: ranks, threads: threads, skipped: 8, isShuffled: false)
          digests.insert(try #require(resumed))
        }
      }
    }
    #expect(digests.count == 1, "\(digests)")
  }

  @Test func otherSamplesAndEpochsHaveOthers() throws {
    let source = try SourceTrial.all[0].open()
    func pixels(_ epoch: Int) throws -> [[Float]] {
      let transforms = try JSONDecoder().decode([TransformChoice].self, from: Data(Self.transforms.utf8))
      let preparation = try Preparation(for: source, Preprocessing(scale: 1 / 255), transforms: transforms, seed: 11)
      let sampler = Sampler(count: source.count, batch: 20, shards: 1, shuffledBy: nil)
      let loader = Loader(
        source, sampler: sampler, shards: 0..<1, preparation: preparation, from: epoch * source.count,
        to: (epoch + 1) * source.count)
      let shard = try #require(try loader.next()).shards[0]
      return (0..<20).map { shard.inputs[0].sample($0) }
    }
    let (first, second) = (try pixels(Self.epoch), try pixels(Self.epoch + 1))
    #expect(zip(first, second).allSatisfy { $0 != $1 } && Set(first + second).count == 40)
  }
}
