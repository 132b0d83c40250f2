import Datasets
import Testing

@Suite struct SamplerTests {
  @Test(arguments: [(1, 1, 1), (10, 4, 2), (16, 16, 4), (17, 16, 4), (100, 30, 5), (5, 64, 8), (1000, 128, 8)])
  func everyEpochVisitsEverySampleOnce(count: Int, batch: Int, shards: Int) {
    let sampler = Sampler(count: count, batch: batch, shards: shards, shuffledBy: 7)
    var cursor = 0
    for epoch in 0..<3 {
      var visited: [UInt32] = []
      for _ in 0..<sampler.batchesPerEpoch {
        let sampled = sampler.batch(at: cursor)
        #expect(sampled.epoch == epoch)
        #expect(sampled.position == visited.count)
        #expect(sampled.cursor == cursor)
        let cut = (0..<shards).map(sampled.samples(ofShard:))
        #expect(cut.flatMap { $0 } == Array(sampled.samples))
        let full = sampled.samples.count / sampler.shardSize
        for (shard, samples) in cut.enumerated() {
          let rest = shard == full ? sampled.samples.count % sampler.shardSize : 0
          #expect(samples.count == (shard < full ? sampler.shardSize : rest))
        }
        visited += sampled.samples
        #expect(sampled.nextCursor == sampler.next(after: cursor))
        cursor = sampled.nextCursor
      }
      #expect(cursor == (epoch + 1) * count)
      #expect(visited.sorted() == Array(0..<UInt32(count)))
    }
  }

  @Test func ordersDifferByEpochAndSeedOnly() {
    let sampler = Sampler(count: 500, batch: 50, shards: 5, shuffledBy: 1)
    #expect(sampler.order(ofEpoch: 3) == Sampler(count: 500, batch: 7, shards: 1, shuffledBy: 1).order(ofEpoch: 3))
    #expect(sampler.order(ofEpoch: 3) != sampler.order(ofEpoch: 4))
    #expect(sampler.order(ofEpoch: 3) != Sampler(count: 500, batch: 50, shards: 5, shuffledBy: 2).order(ofEpoch: 3))
    #expect(Sampler(count: 5, batch: 5, shards: 1, shuffledBy: nil).order(ofEpoch: 9) == [0, 1, 2, 3, 4])
  }

  @Test func shufflesUniformly() {
    // Where sample 0 goes over 6,000 epochs: 1,000 times to each of six places, with a deviation of 29.
    let sampler = Sampler(count: 6, batch: 6, shards: 1, shuffledBy: 5)
    var places = [Int](repeating: 0, count: 6)
    for epoch in 0..<6000 {
      if let place = sampler.order(ofEpoch: epoch).firstIndex(of: 0) { places[place] += 1 }
    }
    #expect(places.reduce(0, +) == 6000)
    for count in places { #expect((850...1150).contains(count)) }
  }

  @Test func anyCursorIsAStart() {
    let sampler = Sampler(count: 20, batch: 8, shards: 2, shuffledBy: 1)
    let order = sampler.order(ofEpoch: 2)
    #expect(Array(sampler.batch(at: 45).samples) == Array(order[5..<13]))
    #expect(Array(sampler.batch(at: 55).samples) == Array(order[15..<20]))
    #expect(sampler.next(after: 55) == 60)
  }
}
