import Datasets
import Tensors
import Testing

/// A sample stays together, whatever lies between the data and the network.
@Suite struct ColumnTests {
  enum Wrapper: CaseIterable {
    case none, cached, subset, resized, features, resizedCached, subsetOfFeatures, cachedSubsetOfSubset

    func wrap(_ base: any DataSource) -> any DataSource {
      func subset(_ source: any DataSource) -> SubsetSource {
        SubsetSource(source, named: "part", indices: (0..<UInt32(source.count)).filter { $0 % 3 != 0 }.reversed())
      }
      func features(_ source: any DataSource) -> FeatureSource {
        let rows = Buffer((0..<2 * source.count).map { Float($0 % source.count) })
        return FeatureSource(source, shape: [1], views: 2, rows: .memory(rows))
      }
      return switch self {
      case .none: base
      case .cached: CachedSource(base)
      case .subset: subset(base)
      case .resized: ResizedSource(base, shape: [7, 3, 3])
      case .features: features(base)
      case .resizedCached: CachedSource(ResizedSource(base, shape: [2, 9, 3]))
      case .subsetOfFeatures: subset(features(base))
      case .cachedSubsetOfSubset: CachedSource(subset(subset(base)))
      }
    }
  }

  @Test(arguments: Wrapper.allCases) func aColumnTravelsWithItsImage(wrapper: Wrapper) throws {
    let source = wrapper.wrap(everyKind())
    #expect(source.columns.map(\.name) == everyKind().columns.map(\.name))
    var sample = Sample(source.columns)
    // Twice, because a cache answers the second time.
    for epoch in 0..<2 {
      for index in 0..<source.count {
        try source.read(index, epoch: epoch, .all, into: &sample)
        let numbers = source.columns.enumerated().map { ($1.name, sample.numbers(of: $0)) }
        let said = sampleNumbers(Dictionary(uniqueKeysWithValues: numbers))
        #expect(said.count == 7 && Set(said.values).count == 1, "\(index): \(said)")
        for (position, column) in source.columns.enumerated() where !column.kind.isPicture {
          for place in 0..<column.shape.count {
            #expect(Float(source.number(place, of: position, at: index)) == sample[position, place])
          }
        }
        #expect(source.label(at: index) == 3 * said["label"]!)
      }
    }
  }

  @Test(arguments: Wrapper.allCases) func onlyWhatIsWantedIsRead(wrapper: Wrapper) throws {
    let source = wrapper.wrap(everyKind())
    for wanted in source.columns.indices {
      var sample = Sample(source.columns, ColumnSet([wanted]))
      for epoch in 0..<2 {
        try source.read(5, epoch: epoch, ColumnSet([wanted]), into: &sample)
        let name = source.columns[wanted].name
        let said = sampleNumbers([name: sample.numbers(of: wanted)])
        #expect(said[name] == source.label(at: 5) / 3)
      }
    }
  }

  @Test(arguments: Wrapper.allCases, [1, 3]) func theLoaderFillsAllTensors(wrapper: Wrapper, threads: Int) throws {
    let source = wrapper.wrap(everyKind())
    let (inputs, targets) = (["image", "age"], ["boxes", "mask", "tags", "label"])
    let sampler = Sampler(count: source.count, batch: 20, shards: 2, shuffledBy: 4)
    let loader = Loader(
      source, inputs: inputs, targets: targets, sampler: sampler, shards: 0..<2,
      preparation: try Preparation(for: source, Preprocessing(scale: 1)), to: 2 * source.count, threads: threads)
    var seen = 0
    while let batch = try loader.next() {
      for shard in batch.shards {
        #expect(shard.inputs.count == 2 && shard.targets.count == 4)
        for lane in 0..<shard.liveCount {
          let tensors = zip(inputs + targets, shard.inputs + shard.targets).map { ($0, $1.sample(lane)) }
          let numbers = Dictionary(uniqueKeysWithValues: tensors).merging(["weight": [shard.weights[lane]]]) { $1 }
          let said = sampleNumbers(numbers)
          #expect(said.count == 7 && Set(said.values).count == 1, "\(said)")
          #expect(source.label(at: Int(shard.samples[lane])) == 3 * said["label"]!)
        }
        seen += shard.liveCount
        for lane in shard.liveCount..<shard.weights.count {
          #expect(shard.weights[lane] == 0)
          #expect((shard.inputs + shard.targets).allSatisfy { $0.sample(lane).allSatisfy { $0 == 0 } })
        }
      }
    }
    #expect(seen == 2 * source.count)
  }

  @Test func withoutNamesTheLoaderTakesImageAndClass() throws {
    let source = everyKind(count: 3)
    let loader = Loader(
      source, sampler: Sampler(count: 3, batch: 3, shards: 1, shuffledBy: nil), shards: 0..<1,
      preparation: try Preparation(for: source), to: 3)
    let shard = try #require(try loader.next()?.shards.first)
    #expect(shard.inputs.map(\.shape) == [[4, 6, 3]] && shard.targets.map(\.shape) == [[1]])
    #expect((0..<3).map { shard.targets[0].sample($0)[0] } == [0, 3, 6])
  }
}
