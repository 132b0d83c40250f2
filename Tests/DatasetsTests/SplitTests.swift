import Datasets
import Foundation
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

  private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/sources").path

  /// As `tfds.load` does, of 20 samples.
  @Test(
    arguments: [
      ("[:10%]", 0..<2), ("[10%:25%]", 2..<5), ("[25%:]", 5..<20), ("[:]", 0..<20), ("[3:7]", 3..<7),
      ("[-5:]", 15..<20), ("[:-5]", 0..<15), ("[-25%:-10%]", 15..<18), ("[12.5%:13]", 2..<13), ("[7.5%:17.5%]", 2..<4),
    ],
    [
      "packed.npz", "any.h5:/part", "plain.npz:/train", "files/list.csv", "shards", "pictures/1.0.0:/train",
      "cifar-100-python:/train", "arrays/images.npy",
    ])
  func partsAreThoseOfTensorFlowDatasets(part: (text: String, range: Range<Int>), location: String) throws {
    for limit in [0, 1 << 20] {
      var options = SourceOptions(memoryLimit: limit)
      if location.hasPrefix("any") {
        options.columns = try columns(
          #"{"image": {"kind": "image", "from": "pictures", "dataFormat": "channels_first"}, "label": "category"}"#)
        options.columns["label"]!.from = ["classes"]
      }
      let whole = try openSource("\(fixtures)/\(location)", options)
      let source = try openSource("\(fixtures)/\(location)\(part.text)", options)
      #expect(source.count == part.range.count && source.location.contains(part.text))
      #expect((0..<source.count).map(source.label) == part.range.map(whole.label))
      #expect(try source.sample(0) == whole.sample(part.range.lowerBound))
    }
  }

  @Test(arguments: ["[20:]", "[5:5]", "[:21]", "[-21:]", "[7:3]", "[:101%]", "[1.5:]", "[%:]"])
  func partsThatAreNoneAreRefused(text: String) throws {
    expectDataError("packed.npz") { _ = try openSource("\(fixtures)/packed.npz\(text)") }
  }

  @Test(arguments: [
    "packed.npz", "plain.npz:/train", "files/list.csv", "files/list.jsonl", "shards",
    "pictures/1.0.0:/train", "arrays", "shards[:16]",
  ])
  func groupsStayTogether(location: String) throws {
    var options = SourceOptions()
    options.group = "patients"
    let source = try openSource("\(fixtures)/\(location)", options)
    #expect((0..<source.count).map(source.group) == (0..<source.count).map { $0 / 4 })
    #expect(source.columns.map(\.name) == ["image", "label"])
    var seen: Set<[UInt32]> = []
    for seed in 0..<20 as Range<UInt64> {
      let parts = GroupedSplit(source, shares: [0.2, 0.3], seed: seed).parts
      #expect(parts.flatMap(\.self).sorted() == Array(0..<UInt32(source.count)))
      #expect(parts.allSatisfy { $0 == $0.sorted() })
      let groups = parts.map { Set($0.map { $0 / 4 }) }
      #expect(groups.reduce(0) { $0 + $1.count } == source.count / 4, "no group is in two parts")
      #expect(GroupedSplit(source, shares: [0.2, 0.3], seed: seed).parts == parts)
      #expect(Set(GroupedSplit(source, shares: [0.5], seed: seed).parts[0]).isSuperset(of: parts[0]))
      seen.insert(parts[0])
    }
    #expect(seen.count > 2, "another seed gives other parts")
  }

  @Test func groupsNeedAColumn() throws {
    var options = SourceOptions()
    options.group = "families"
    for location in ["packed.npz", "files/list.csv", "shards", "cifar-100-python:/train"] {
      expectDataError("families") { _ = try openSource("\(fixtures)/\(location)", options) }
    }
  }
}
