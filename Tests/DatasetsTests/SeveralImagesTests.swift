import Datasets
import Foundation
import Tensors
import Testing

/// Samples with several images, or with none.
@Suite struct SeveralImagesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Three equal images in each sample, and the mask of the first.
  private func triplets() throws -> MemorySource {
    let one = TransformTests.rectangles()
    let images = try (0..<one.count).flatMap { index throws(DataError) in try one.sample(index) }
    let masks = try (0..<one.count).flatMap { index throws(DataError) in try one.bytes(of: [3], at: index) }
    func image(_ name: String) -> ColumnValues {
      ColumnValues(Column(name, .image, .byte, shape: one.shape), bytes: images)
    }
    return MemorySource(
      "triplets",
      [
        image("image"), ColumnValues(one.columns[3], bytes: masks), image("other"), image("partner"),
        ColumnValues(Column("age", .numbers, .float, shape: [1]), floats: (0..<one.count).map { Float($0) }),
      ])
  }

  /// What enters the lanes, sample by sample, for each of some columns.
  private func loaded(
    _ source: any DataSource, _ columns: [String], _ preparation: Preparation, threads: Int = 1
  ) throws -> [[[Float]]] {
    let sampler = Sampler(count: source.count, batch: 4, shards: 2, shuffledBy: nil)
    let loader = Loader(
      source, inputs: columns, targets: [], sampler: sampler, shards: 0..<2, preparation: preparation,
      to: source.count, threads: threads)
    var values = Array(repeating: [[Float]](), count: columns.count)
    while let batch = try loader.next() {
      for shard in batch.shards {
        for (index, tensor) in shard.inputs.enumerated() {
          values[index] += (0..<shard.liveCount).map { tensor.sample($0) }
        }
      }
    }
    return values
  }

  /// The first image is what it is without others, another image has its own draws, and a partner shares those of its
  /// image, whatever the transform.
  @Test(arguments: TransformTests.written) func drawsOfEachImage(written: String) throws {
    let source = try triplets()
    let transforms = try TransformTests.transforms(written)
    let preparation = try Preparation(
      for: source, transforms: transforms, together: ["partner": "image"], seed: 5)
    let all = try loaded(source, ["image", "other", "partner", "mask", "age"], preparation)
    #expect(all[0] == all[2], "a partner shares the draws")
    #expect(all[0] != all[1] || TransformTests.drawNothing(written), "another one has its own")
    #expect(all[4].map { $0[0] } == (0..<12).map { Float($0) })
    let alone = try Preparation(for: TransformTests.rectangles(), transforms: transforms, seed: 5)
    let (first, mask) = (
      try loaded(TransformTests.rectangles(), ["image", "mask"], alone)[0],
      try loaded(TransformTests.rectangles(), ["image", "mask"], alone)[1]
    )
    #expect(all[0] == first && all[3] == mask)
    #expect(try loaded(source, ["image", "other", "partner", "mask", "age"], preparation, threads: 3) == all)
    // What is not read changes nothing.
    #expect(try loaded(source, ["other"], preparation)[0] == all[1])
  }

  /// A mode is for images with as many channels as the first; others are prepared by what they hold.
  @Test func preparationOfEachImage() throws {
    func image(_ name: String, _ channels: Int, _ element: SampleElement) -> ColumnValues {
      let column = Column(name, .image, element, shape: [1, 1, channels])
      return element == .byte
        ? ColumnValues(column, bytes: Array(repeating: 51, count: channels))
        : ColumnValues(column, floats: Array(repeating: 4, count: channels))
    }
    let source = MemorySource(
      "mixed",
      [
        image("image", 3, .byte), image("grey", 1, .byte), image("depth", 1, .float), image("second", 3, .byte),
        ColumnValues(Column("age", .numbers, .float, shape: [1]), floats: [70]),
      ])
    let names = source.columns.map(\.name)
    let expected: [(Preprocessing, [Float])] = [
      (Preprocessing(), [0.2, 0.2, 4, 0.2, 70]), (Preprocessing(mode: .tf), [-0.6, 0.2, 4, -0.6, 70]),
      (Preprocessing(mode: Preprocessing.Mode.none), [51, 51, 4, 51, 70]),
      (Preprocessing(standardize: Standardization(mean: [0.1, 0.1, 0.1], deviation: [1])), [0.1, 0.2, 4, 0.1, 70]),
    ]
    for (preprocessing, wanted) in expected {
      let values = try loaded(source, names, Preparation(for: source, preprocessing)).map { $0[0][0] }
      #expect(zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(values)")
    }
  }

  @Test func aPartnerThatIsNone() throws {
    let source = try triplets()
    let transforms = try TransformTests.transforms(#"{"RandomFlip": "horizontal"}"#)
    for (partner, together) in [("age", ["partner": "age"]), ("partner", ["partner": "partner"])] {
      expectDataError("data.columns.partner.transformedWith", "'\(partner)'", "name one of image, other") {
        _ = try Preparation(for: source, transforms: transforms, together: together, seed: 5)
      }
    }
  }

  private func options(_ inputs: [InputColumn]) -> SourceOptions {
    var options = SourceOptions(resize: true)
    options.inputs = inputs
    return options
  }

  @Test func aListOfPairsAndNumbers() throws {
    try folder.write("a.png", try bytes(fixture("rgb.png")))
    try folder.write("b.jpg", try bytes(fixture("full.jpg")))
    let path = try folder.write(
      "pairs.csv", Array("left,right,label,age,note\na.png,b.jpg,x,4,n\nb.jpg,a.png,y,5,m\n".utf8))
    let source = try openSource(
      path,
      options([
        InputColumn("l", takes: "left", shape: [10, 13, 3]), InputColumn("r", takes: "right", shape: [6, 5, 1]),
        InputColumn("years", takes: "age", shape: [1]),
      ]))
    #expect(source.columns.map(\.name) == ["left", "right", "label", "age"])
    #expect(source.columns.map(\.shape) == [[10, 13, 3], [6, 5, 1], [1], [1]])
    #expect(source.otherColumns == ["note"] && source.notices == ["\(path): left out the columns note"])
    var sample = Sample(source.columns)
    try source.read(0, epoch: 0, .all, into: &sample)
    #expect(sample.bytes(of: 0) == (try bytes(fixture("rgb.png.rgb"))) && sample.numbers(of: 3) == [4])
    // Both files make the digest.
    #expect(try source.storedBytes(0) == bytes(folder.path + "/a.png") + bytes(folder.path + "/b.jpg"))
    // Without images, all is in memory.
    let numbers = try openSource(path, options([InputColumn("years", takes: "age", shape: [1])]))
    #expect(numbers.columns.map(\.name) == ["label", "age"] && !numbers.hasImage && numbers.count == 2)
    #expect(numbers.otherColumns == ["left", "right", "note"])
    expectDataError("line 2", "'left' is 'a.png', which is no number") {
      _ = try openSource(path, options([InputColumn("l", takes: "left", shape: [1])]))
    }
  }

  @Test func foldersOfPairs() throws {
    for side in ["left", "right"] {
      try folder.write("\(side)/1.png", try bytes(fixture("rgb.png")))
      try folder.write("\(side)/2.\(side == "left" ? "png" : "jpg")", try bytes(fixture("full.jpg")))
    }
    var wanted = options([
      InputColumn("left", takes: "left", shape: [10, 13, 3]), InputColumn("right", takes: "right", shape: [4, 4, 3]),
    ])
    wanted.columns = ["left": ColumnChoice(.image), "right": ColumnChoice(.image)]
    let source = try openSource(folder.path, wanted)
    #expect(source.columns.map(\.name) == ["left", "right"] && source.count == 2)
    #expect(source.columns.map(\.shape) == [[10, 13, 3], [4, 4, 3]])
    try folder.write("left/3.png", try bytes(fixture("rgb.png")))
    expectDataError("left/3.png", "has no 'right'", "right/3.png, .jpg or the like") {
      _ = try openSource(folder.path, wanted)
    }
  }
}
