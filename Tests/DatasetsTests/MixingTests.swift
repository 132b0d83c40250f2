import Datasets
import Foundation
import Tensors
import Testing

/// Transforms that mix two samples.
@Suite struct MixingTests {
  static let written = [#"{"MixUp": 0.4}"#, #"{"CutMix": 1}"#, #"{"MixUp": {"alpha": 2}}"#, #"{"CutMix": [0.5, 1]}"#]

  private static let count = 9
  private static let (height, width) = (6, 8)

  /// Sample i has a class of its own, an image of its own, and the number i.
  private static func source(_ more: [ColumnValues] = [], mask: Bool = false) -> MemorySource {
    let pixels = height * width
    var columns = [
      ColumnValues(
        .image([height, width, 2], .float),
        floats: (0..<count * pixels * 2).map { Float($0 * 7919 % 1009) / 4 }),
      ColumnValues(
        Column("label", .categories, .float, shape: [count]),
        floats: (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }),
      ColumnValues(Column("age", .numbers, .float, shape: [1]), floats: (0..<count).map(Float.init)),
    ]
    if mask {
      let bytes = (0..<count * pixels).map { UInt8($0 / pixels) }
      columns.append(ColumnValues(Column("mask", .mask, .byte, shape: [height, width, 1]), bytes: bytes))
    }
    return MemorySource("mixing", columns + more)
  }

  private struct Loaded: Equatable {
    let image: [Float], label: [Float], age: [Float], mask: [Float]
  }

  private static func load(
    _ source: MemorySource, _ text: String, threads: Int = 1, batch: Int = 3, shards: Int = 1, epochs: Int = 2
  ) throws -> [[Loaded]] {
    let preparation = try Preparation(
      for: source, Preprocessing(scale: 1), transforms: try TransformTests.transforms(text), seed: 5)
    let hasMask = source.columns.contains { $0.kind == .mask }
    let loader = Loader(
      source, targets: ["label", "age"] + (hasMask ? ["mask"] : []),
      sampler: Sampler(count: count, batch: batch, shards: shards, shuffledBy: UInt64(batch)), shards: 0..<shards,
      preparation: preparation, to: epochs * count, threads: threads)
    var all = Array(repeating: [Loaded?](repeating: nil, count: count), count: epochs)
    while let batch = try loader.next() {
      for shard in batch.shards {
        for lane in 0..<shard.liveCount {
          let targets = shard.targets.map { $0.sample(lane) }
          all[batch.sampled.epoch][Int(shard.samples[lane])] = Loaded(
            image: shard.inputs[0].sample(lane), label: targets[0], age: targets[1],
            mask: hasMask ? targets[2] : [])
        }
      }
    }
    return all.map { $0.compactMap(\.self) }
  }

  @Test(arguments: written) func theSameWhateverThreadsAndBatches(text: String) throws {
    let one = try Self.load(Self.source(), text)
    #expect(try Self.load(Self.source(), text, threads: 3) == one)
    #expect(try Self.load(Self.source(), text, batch: 8, shards: 4) == one)
    #expect(one[0] != one[1] && one.allSatisfy { $0.count == Self.count })
  }

  /// The class of each sample is its own, so that the labels say who was mixed in and how much of whom. The other one
  /// is as the transforms before have made it in this epoch.
  @Test(arguments: written) func labelsSayWhatWasMixed(text: String) throws {
    let before = #"{"RandomInvert": 0.5}, {"RandomFlip": "vertical"}, {"RandomInvert": [0, 0]}"#
    let plain = try Self.load(Self.source(), before)
    let mixed = try Self.load(Self.source(), before + ", " + text)
    var others = 0
    for epoch in 0..<2 {
      for (index, sample) in mixed[epoch].enumerated() {
        #expect(abs(sample.label.reduce(0, +) - 1) < 1e-5 && sample.label.allSatisfy { $0 >= 0 })
        let other = sample.label.indices.first { $0 != index && sample.label[$0] > 0 } ?? index
        others += other == index ? 0 : 1
        let weight = other == index ? 1 : sample.label[index]
        #expect(abs(sample.age[0] - weight * Float(index) - (1 - weight) * Float(other)) < 1e-4)
        let (own, partner) = (plain[epoch][index].image, plain[epoch][other].image)
        if text.contains("MixUp") {
          #expect(
            zip(sample.image, zip(own, partner)).allSatisfy { abs($0 - weight * $1.0 - (1 - weight) * $1.1) < 1e-2 })
        } else {
          let taken = stride(from: 0, to: own.count, by: 2).count { sample.image[$0] != own[$0] }
          #expect(zip(sample.image, zip(own, partner)).allSatisfy { $0 == $1.0 || $0 == $1.1 })
          // A rectangle's area, rounded to whole pixels on all sides.
          #expect(abs(Float(taken) - (1 - weight) * Float(Self.height * Self.width)) <= 14)
        }
      }
    }
    #expect(others > 9)
  }

  @Test func masksAreCutAsImages() throws {
    let source = Self.source(mask: true)
    for sample in try Self.load(source, #"{"CutMix": 1}"#).flatMap(\.self) {
      #expect(Set(sample.mask).count <= 2)
    }
    try expectSentence(["MixUp", "mask 'mask'", "use CutMix"]) { _ = try Self.load(source, #"{"MixUp": 0.2}"#) }
  }

  @Test(arguments: written) func whatHasNoMeanIsRefused(text: String) throws {
    let boxes = ColumnValues(
      Column("box", .boxes, .float, shape: [1, 4]), floats: Array(repeating: 0.25, count: 4 * Self.count))
    try expectSentence(["boxes 'box'"]) { _ = try Self.load(Self.source([boxes]), text) }
    let kind = ColumnValues(
      Column("kind", .category, .float, shape: [1]), integers: (0..<Int32(Self.count)).map(\.self))
    try expectSentence(["'kind' is the number of one"]) { _ = try Self.load(Self.source([kind]), text) }
    try expectSentence(["besides", "mix samples once"]) { _ = try Self.load(Self.source(), text + ", " + text) }
    let depth = ColumnValues(
      Column("depth", .image, .float, shape: [2, 2, 1]), floats: Array(repeating: 0, count: 4 * Self.count))
    try expectSentence(["'depth'", "transformedWith"]) { _ = try Self.load(Self.source([depth]), text) }
  }

  @Test(arguments: written) func writtenFormsAreReadBack(text: String) throws {
    let transforms = try TransformTests.transforms(text)
    #expect(try JSONDecoder().decode([TransformChoice].self, from: JSONEncoder().encode(transforms)) == transforms)
  }
}
