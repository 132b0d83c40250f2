import Datasets
import Tensors
import Testing

@Suite struct LoaderTests {
  static let preprocessing = Preprocessing(standardize: Standardization(mean: [0.25, 0.5], deviation: [0.5, 0.2]))
  static let augmentations: [Augmentation] = [.padCrop(2), .flip(.horizontal), .padCrop(1)]

  /// What the loader must make of one sample, written as plainly as possible.
  func expected(_ source: CountingSource, _ draw: Int, epoch: Int, seed: UInt64, _ augmentations: [Augmentation])
    -> [Float]
  {
    let (shape, sample) = (source.shape, draw % source.count)
    let factors = [Float(1 / 255.0 / 0.5), Float(1 / 255.0 / 0.2)]
    let offsets = [Float(-0.25 / 0.5), Float(-0.5 / 0.2)]
    var image = (0..<shape.count).map { Float(source.byte(sample, $0)) * factors[$0 % 2] + offsets[$0 % 2] }
    func changed(_ pixel: (_ y: Int, _ x: Int) -> (y: Int, x: Int)) -> [Float] {
      var result = [Float](repeating: 0, count: shape.count)
      for y in 0..<shape.height {
        for x in 0..<shape.width {
          let from = pixel(y, x)
          guard (0..<shape.height).contains(from.y), (0..<shape.width).contains(from.x) else { continue }
          for c in 0..<2 { result[(y * shape.width + x) * 2 + c] = image[(from.y * shape.width + from.x) * 2 + c] }
        }
      }
      return result
    }
    for (item, augmentation) in augmentations.enumerated() {
      var random = RandomStream(seed: seed, purpose: .augmentation, item: item, major: epoch, minor: draw)
      switch augmentation {
      case .padCrop(let pixels):
        let up = random.integer(below: 2 * pixels + 1) - pixels
        let left = random.integer(below: 2 * pixels + 1) - pixels
        image = changed { ($0 + up, $1 + left) }
      case .flip(.horizontal):
        if random.uniform() < 0.5 { image = changed { ($0, shape.width - 1 - $1) } }
      }
    }
    return image
  }

  @Test(arguments: [(0, 1), (40, 1), (43, 3), (75, 2)], [false, true])
  func deliversWhatDirectComputationGives(_ run: (start: Int, threads: Int), isBalanced: Bool) throws {
    let (start, threads, source) = (run.start, run.threads, CountingSource(count: 75))
    let draws = isBalanced ? SampleDraws(balancing: (0..<75).map { $0 < 60 ? 0 : $0 % 7 }) : nil
    let sampler = Sampler(count: 75, batch: 40, shards: 2, shuffledBy: 3, draws: draws)
    let preparation = try Preparation(for: source, Self.preprocessing, augmentations: Self.augmentations, seed: 9)
    let border = Border(top: 1, bottom: 2, left: 1, right: 0)
    let loader = Loader(
      source, sampler: sampler, shards: 0..<2, preparation: preparation, border: border, from: start, to: 230, ahead: 2,
      threads: threads)
    var cursor = start
    while let batch = try loader.next() {
      #expect(batch.sampled.cursor == cursor)
      let sampled = sampler.batch(at: cursor)
      for shard in batch.shards {
        let draws = Array(sampled.draws(ofShard: shard.index))
        let samples = draws.map { $0 % 75 }
        #expect(shard.liveCount == samples.count)
        #expect(shard.draws == draws + Array(repeating: 0, count: 32 - samples.count))
        #expect(shard.samples == samples + Array(repeating: 0, count: 32 - samples.count))
        let classes = (0..<32).map { shard.targets[0].sample($0)[0] }
        #expect(classes == samples.map { Float($0 % 7) } + Array(repeating: 0, count: 32 - samples.count))
        #expect(shard.weights == samples.map { _ in 1 } + Array(repeating: 0, count: 32 - samples.count))
        let images = Tensor(source.shape, lanes: 32, border: border)
        for (lane, draw) in draws.enumerated() {
          images.setSample(lane, expected(source, Int(draw), epoch: sampled.epoch, seed: 9, Self.augmentations))
        }
        #expect(shard.inputs[0].storage.values == images.storage.values)
      }
      cursor = sampled.nextCursor
    }
    // Epochs end at 75, 150 and 225; the batch that begins before 230 is the last.
    #expect(cursor >= 230 && cursor < 270)
    #expect(try loader.next() == nil)
  }

  @Test func augmentationDependsOnSeedEpochAndSampleOnly() throws {
    let source = CountingSource(count: 64)
    func images(batch: Int, shards: Int, part: Range<Int>, seed: UInt64) throws -> [[UInt32: [Float]]] {
      let preparation = try Preparation(for: source, augmentations: [.padCrop(1), .flip(.horizontal)], seed: seed)
      let sampler = Sampler(count: 64, batch: batch, shards: shards, shuffledBy: UInt64(batch))
      let loader = Loader(source, sampler: sampler, shards: part, preparation: preparation, to: 128)
      var epochs: [[UInt32: [Float]]] = [[:], [:]]
      while let batch = try loader.next() {
        for shard in batch.shards {
          for lane in 0..<shard.liveCount {
            epochs[batch.sampled.epoch][shard.samples[lane]] = shard.inputs[0].sample(lane)
          }
        }
      }
      return epochs
    }
    let all = try images(batch: 64, shards: 4, part: 0..<4, seed: 1)
    let other = try images(batch: 48, shards: 3, part: 1..<2, seed: 1)
    for epoch in 0..<2 {
      #expect(all[epoch].count == 64)
      #expect(other[epoch].count == 16)
      for (sample, image) in other[epoch] { #expect(all[epoch][sample] == image) }
    }
    #expect(all[0] != all[1])
    #expect(try images(batch: 64, shards: 4, part: 0..<4, seed: 2) != all)
  }

  @Test func ranksDeliverTheShardsOfOne() throws {
    let source = CountingSource(count: 50)
    let sampler = Sampler(count: 50, batch: 24, shards: 6, shuffledBy: 1)
    let preparation = try Preparation(for: source)
    func shards(_ ranges: [Range<Int>]) throws -> [[Float]] {
      let loaders = ranges.map { Loader(source, sampler: sampler, shards: $0, preparation: preparation, to: 50) }
      var result: [[Float]] = []
      for _ in 0..<sampler.batchesPerEpoch {
        for loader in loaders { result += try loader.next()?.shards.map { $0.inputs[0].storage.values } ?? [] }
      }
      return result
    }
    let one = try shards([0..<6])
    #expect(one.count == 18)
    #expect(try shards([0..<3, 3..<6]) == one)
    #expect(try shards([0..<2, 2..<4, 4..<6]) == one)
  }

  @Test func floatSamplesOfAnyRankPassThrough() throws {
    for shape in [Shape(5), Shape(4, 3), Shape(2, 3, 4, 2)] {
      let values = (0..<3 * shape.count).map { Float($0) / 8 - 1 }
      let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
      let source = MemorySource(location: "memory", shape: shape, element: .float, samples: bytes, labels: [0, 1, 0])
      let loader = Loader(
        source, sampler: Sampler(count: 3, batch: 3, shards: 1, shuffledBy: nil), shards: 0..<1,
        preparation: try Preparation(for: source), to: 3)
      let shard = try #require(try loader.next()?.shards.first)
      for lane in 0..<3 {
        #expect(shard.inputs[0].sample(lane) == Array(values[lane * shape.count..<(lane + 1) * shape.count]))
      }
      #expect(shard.inputs[0].sample(3).allSatisfy { $0 == 0 })
    }
  }

  @Test func anErrorComesWhereItsBatchWouldAndStays() throws {
    let source = CountingSource(count: 40, failing: 25)
    let loader = Loader(
      source, sampler: Sampler(count: 40, batch: 10, shards: 1, shuffledBy: nil), shards: 0..<1,
      preparation: try Preparation(for: source), threads: 2)
    for cursor in [0, 10] { #expect(try loader.next()?.sampled.cursor == cursor) }
    for _ in 0..<2 { expectDataError("sample 25: is broken; mend it") { _ = try loader.next() } }
  }

  @Test func stopsWithBatchesLeft() throws {
    let source = CountingSource(count: 40)
    for taken in 0..<4 {
      let loader = Loader(
        source, sampler: Sampler(count: 40, batch: 8, shards: 2, shuffledBy: 0), shards: 0..<2,
        preparation: try Preparation(for: source), ahead: 3, threads: 2)
      for _ in 0..<taken { #expect(try loader.next() != nil) }
    }
  }

  @Test func preparationRefusesWhatDoesNotFit() throws {
    let source = CountingSource(count: 4)
    expectDataError("standardize.mean", "3 numbers", "2 channels") {
      _ = try Preparation(for: source, Preprocessing(standardize: Standardization(mean: [0, 0, 0], deviation: [1])))
    }
    expectDataError("greater than 0") {
      _ = try Preparation(for: source, Preprocessing(standardize: Standardization(mean: [0], deviation: [0])))
    }
    expectDataError("padCrop", "9 pixels", "6x5") { _ = try Preparation(for: source, augmentations: [.padCrop(9)]) }
    expectDataError("augmentation", "(7,)") {
      _ = try Preparation(for: CountingSource(count: 4, shape: [7]), augmentations: [.flip(.horizontal)])
    }
  }
}
