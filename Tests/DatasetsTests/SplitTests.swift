import Datasets
import Tensors
import Testing

@Suite struct SplitTests {
  /// 200 cats, 60 dogs, 7 cows, mixed; sample i holds the byte i.
  private var source: MemorySource {
    let labels = (0..<267).map { Int32($0 % 38 == 0 ? 2 : $0 % 4 == 1 && $0 < 240 ? 1 : 0) }
    return MemorySource(
      location: "animals", shape: [1], samples: (0..<267).map { UInt8($0 % 256) }, labels: labels,
      classNames: ["cat", "dog", "cow"])
  }

  private func counts(_ part: [UInt32]) -> [Int] {
    part.reduce(into: [0, 0, 0]) { $0[source.label(at: Int($1))] += 1 }
  }

  @Test func everyClassIsDealtOutInTheSameProportions() {
    let parts = StratifiedSplit(source, shares: [0.15, 0.1], seed: 0).parts
    #expect(parts.count == 3)
    #expect(parts.flatMap(\.self).sorted() == Array(0..<267), "every sample in exactly one part")
    #expect(parts.allSatisfy { $0 == $0.sorted() })
    let whole = counts(Array(0..<267))
    for (part, (start, end)) in zip(parts, [(0.0, 0.15), (0.15, 0.25), (0.25, 1)]) {
      #expect(counts(part) == whole.map { Int((Double($0) * end).rounded()) - Int((Double($0) * start).rounded()) })
    }
  }

  @Test func partsFollowFromSeedAndSamplesAlone() {
    let parts = StratifiedSplit(source, shares: [0.2], seed: 3).parts
    #expect(StratifiedSplit(source, shares: [0.2], seed: 3).parts == parts)
    let others = StratifiedSplit(source, shares: [0.2], seed: 4).parts
    #expect(others != parts && others.map(\.count) == parts.map(\.count))
    // A larger share holds the smaller one.
    #expect(Set(StratifiedSplit(source, shares: [0.3], seed: 3).parts[0]).isSuperset(of: parts[0]))
  }

  @Test func aSubsetReadsItsSamples() throws {
    let subset = SubsetSource(source, named: "test", indices: [2, 5, 38])
    #expect(subset.location == "animals (test)" && subset.count == 3 && subset.classNames == ["cat", "dog", "cow"])
    #expect((0..<3).map(subset.label) == [0, 1, 2])
    #expect(try (0..<3).map { try subset.sample($0) } == [[2], [5], [38]])
  }
}
