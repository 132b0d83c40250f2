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
        let cut = (0..<shards).map(sampled.draws(ofShard:))
        #expect(cut.flatMap { $0 } == Array(sampled.draws))
        let full = sampled.draws.count / sampler.shardSize
        for (shard, samples) in cut.enumerated() {
          let rest = shard == full ? sampled.draws.count % sampler.shardSize : 0
          #expect(samples.count == (shard < full ? sampler.shardSize : rest))
        }
        visited += sampled.draws
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
    #expect(Array(sampler.batch(at: 45).draws) == Array(order[5..<13]))
    #expect(Array(sampler.batch(at: 55).draws) == Array(order[15..<20]))
    #expect(sampler.next(after: 55) == 60)
  }

  /// Of n visits every class has as many as another, and so has every sample of a class, rounded up or down.
  @Test(arguments: [[8], [1, 1, 1], [90, 9, 1], [3, 50, 7, 40], [500, 1]])
  func balancedEpochs(counts: [Int]) {
    let labels = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    let sampler = Sampler(
      count: labels.count, batch: 8, shards: 2, shuffledBy: 4, draws: SampleDraws(balancing: labels))
    for epoch in 0..<20 {
      let order = sampler.order(ofEpoch: epoch)
      #expect(order.count == labels.count && Set(order).count == order.count)
      var visits = Array(repeating: 0, count: labels.count)
      var classes = Array(repeating: 0, count: counts.count)
      for draw in order {
        visits[Int(draw) % labels.count] += 1
        classes[labels[Int(draw) % labels.count]] += 1
      }
      // Draws are numbered by visits.
      let numbers = visits.indices.flatMap { sample in (0..<visits[sample]).map { sample + $0 * labels.count } }
      #expect(order.sorted() == numbers.sorted().map { UInt32($0) })
      let share = Double(labels.count) / Double(counts.count)
      for (label, count) in classes.enumerated() {
        #expect(abs(Double(count) - share) < 1)
        let own = labels.indices.filter { labels[$0] == label }.map { Double(visits[$0]) }
        #expect(own.allSatisfy { abs($0 - share / Double(counts[label])) < 1 })
      }
    }
    #expect(sampler.order(ofEpoch: 1) == sampler.order(ofEpoch: 1))
    if labels.count > 4 { #expect(sampler.order(ofEpoch: 1) != sampler.order(ofEpoch: 2)) }
  }

  @Test func weightsAreShares() {
    let weights = (0..<50).map { Double($0 % 5) }
    let sampler = Sampler(count: 50, batch: 10, shards: 1, shuffledBy: 1, draws: SampleDraws(weights: weights))
    var visits = Array(repeating: 0, count: 50)
    for epoch in 0..<2000 { for draw in sampler.order(ofEpoch: epoch) { visits[Int(draw) % 50] += 1 } }
    // 0, 1/2, 1, 3/2 and 2 visits of an epoch; the fractions are drawn, with a deviation of 22 of 2,000.
    for (sample, count) in visits.enumerated() { #expect(abs(count - 1000 * (sample % 5)) <= 110) }
    for sample in 0..<50 where sample % 5 % 2 == 0 { #expect(visits[sample] == 1000 * (sample % 5)) }
    // Equal weights are none.
    let equal = Sampler(
      count: 41, batch: 10, shards: 1, shuffledBy: 1, draws: SampleDraws(weights: Array(repeating: 0.3, count: 41)))
    #expect(equal.order(ofEpoch: 3).sorted() == Array(0..<41))
  }

  /// Numbers of draws have 32 bits; weights may be of any size.
  @Test func extremeWeights() {
    let huge = SampleDraws(weights: [1e308, 1e308, 1e-308, 0])
    let order = Sampler(count: 4, batch: 4, shards: 1, shuffledBy: 0, draws: huge).order(ofEpoch: 0)
    #expect(order.sorted() == [0, 1, 4, 5] && huge.mostVisits == 2)
    let alone = SampleDraws(weights: (0..<70_000).map { $0 == 3 ? 1 : 0 })
    #expect(alone.mostVisits == 70_000 && !alone.isCountable)
    #expect(SampleDraws(weights: (0..<65_535).map { $0 == 3 ? 1 : 0 }).isCountable)
  }
}
