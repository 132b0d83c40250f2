import Augmentations
import Datasets
import Foundation
import Kernels
import Tensors
import Testing

/// Every transform that can be named does the same to image, mask and boxes, and nothing to what else belongs to them.
@Suite struct TransformTests {
  /// Every transform of the registry, written as in a configuration.
  static let written = [
    #"{"padCrop": 3}"#, #"{"RandomFlip": "horizontal"}"#, #"{"RandomFlip": "vertical"}"#,
    #"{"RandomFlip": {"mode": "horizontal_and_vertical"}}"#, #"{"RandomCrop": [12, 10]}"#,
    #"{"RandomCrop": {"height": 16, "width": 20}}"#,
    #"{"RandomTranslation": {"height_factor": 0.3, "width_factor": [-0.1, 0.4], "fill_mode": "constant"}}"#,
    #"{"RandomRotation": {"factor": 0.2, "fill_mode": "constant"}}"#,
    #"{"RandomRotation": {"factor": [0.25, 0.25], "fill_mode": "constant", "interpolation": "nearest"}}"#,
    #"{"RandomZoom": {"height_factor": [-0.3, 0.5], "width_factor": 0.2, "fill_mode": "constant"}}"#,
    #"{"RandomZoom": {"height_factor": [-0.3, 0.5], "fill_mode": "constant"}}"#,
    #"{"RandomInvert": 0.5}"#, #"{"RandomBrightness": 0.1}"#,
    #"{"RandomContrast": {"factor": [0.2, 0.4], "value_range": [0, 255]}}"#,
    #"{"RandomShear": {"x_factor": 0.3, "y_factor": 0.1, "fill_mode": "constant"}}"#,
    #"{"RandomPerspective": {"factor": [0.8, 1], "scale": 0.4}}"#, #"{"RandomPerspective": {"scale": 0.1}}"#,
    #"{"RandomErasing": {"factor": [1, 1], "scale": [0.1, 0.3], "fill_value": 100}}"#, #"{"RandomHue": 0.1}"#,
    #"{"RandomSaturation": [0.4, 0.6]}"#, #"{"RandomColorDegeneration": 0.5}"#,
    #"{"RandomGrayscale": 0.5}"#, #"{"RandomSharpness": [0.4, 0.6]}"#, #"{"RandomPosterization": [3, 8]}"#,
    #"{"RandomColorJitter": {"brightness_factor": 0.1, "contrast_factor": 0.1, "hue_factor": 0.1}}"#,
    #"{"RandomResizedCrop": [15, 12]}"#,
    #"{"RandomResizedCrop": {"height": 19, "width": 17, "scale": [0.5, 0.9], "ratio": [0.5, 2]}}"#,
    #"{"GaussianNoise": 4}"#, #"{"RandAugment": 0.2}"#, #"{"AutoContrast": [0, 255]}"#,
    #"{"Equalization": [0, 255]}"#, #"{"Solarization": [0.5, 0.5]}"#,
    #"{"RandomGaussianBlur": {"factor": [0.5, 0.5], "sigma": 0.8}}"#,
  ]

  static func transforms(_ text: String) throws -> [TransformChoice] {
    try JSONDecoder().decode([TransformChoice].self, from: Data("[\(text)]".utf8))
  }

  /// Whether what is drawn changes no image that is grey, or nothing is drawn.
  static func drawNothing(_ text: String) -> Bool {
    ["[0.25, 0.25]", "RandomHue", "RandomSaturation", "AutoContrast", "Equalization"].contains(where: text.contains)
  }

  @Test func allAreTested() throws {
    let tested = try Self.written.flatMap { try Self.transforms($0) }.map { type(of: $0.transform).kerasName }
    let others = try (SignalTransformTests.written + MixingTests.written).flatMap { try Self.transforms($0) }
      .map { type(of: $0.transform).kerasName }
    // Boxes cannot be bent or averaged: AugmentationTests has images alone.
    let known = Set(TransformRegistry.all.map { $0.kerasName }).subtracting([RandomSlant.kerasName])
    #expect(Set(tested + others + ["RandomElasticTransform", "AugMix"]) == known)
  }

  /// Sample i shows a bright rectangle, which is class 1 of the mask and the box; the other columns name i.
  static func rectangles(
    count: Int = 12, height: Int = 20, width: Int = 24, encoding: BoxEncoding = .xyxy
  ) -> MemorySource {
    var (image, mask, boxes) = ([UInt8](), [UInt8](), [Float]())
    for index in 0..<count {
      let (top, left) = (3 + index % 5, 4 + index % 7)
      let (bottom, right) = (top + 6 + index % 4, left + 7 + index % 3)
      for row in 0..<height {
        for column in 0..<width {
          let isInside = (top..<bottom).contains(row) && (left..<right).contains(column)
          image += Array(repeating: isInside ? 200 : 50, count: 3)
          mask.append(isInside ? 1 : 0)
        }
      }
      boxes += [
        Float(left) / Float(width), Float(top) / Float(height), Float(right) / Float(width),
        Float(bottom) / Float(height), Float(index),
      ]
      boxes += [0, 0, 0, 0, 0]
    }
    let samples = 0..<count
    var column = Column("boxes", .boxes, .float, shape: [2, 5])
    column.encoding = encoding
    return MemorySource(
      "rectangles",
      [
        ColumnValues(.image([height, width, 3]), bytes: image),
        ColumnValues(.label(), integers: samples.map { Int32($0) }),
        ColumnValues(column, floats: boxes),
        ColumnValues(Column("mask", .mask, .byte, shape: [height, width, 1], void: 255), bytes: mask),
        ColumnValues(Column("age", .numbers, .float, shape: [1]), floats: samples.map { Float($0) }),
        ColumnValues(Column("weight", .weight, .float, shape: [1]), floats: samples.map { Float($0) }),
      ])
  }

  struct Loaded: Equatable {
    let image: [Float], boxes: [Float], mask: [Float], others: [Float]
    let size: Shape
  }

  /// What some epochs of a source become, by epoch and sample.
  static func load(
    _ source: any DataSource, _ transforms: [TransformChoice], augmentations: [Augmentation] = [], epochs: Int = 2,
    batch: Int = 6, shards: Int = 2, threads: Int = 1, seed: UInt64 = 7, views: Int? = nil
  ) throws -> [[Loaded?]] {
    let preparation = try Preparation(
      for: source, Preprocessing(scale: 1), augmentations: augmentations, transforms: transforms, seed: seed,
      views: views)
    let loader = Loader(
      source, targets: ["boxes", "mask", "label", "age"],
      sampler: Sampler(count: source.count, batch: batch, shards: shards, shuffledBy: UInt64(batch)),
      shards: 0..<shards, preparation: preparation, to: epochs * source.count, threads: threads)
    var all = Array(repeating: [Loaded?](repeating: nil, count: source.count), count: epochs)
    while let batch = try loader.next() {
      for shard in batch.shards {
        for lane in 0..<shard.liveCount {
          let targets = shard.targets.map { $0.sample(lane) }
          all[batch.sampled.epoch][Int(shard.samples[lane])] = Loaded(
            image: shard.inputs[0].sample(lane), boxes: targets[0], mask: targets[1],
            others: targets[2] + targets[3] + [shard.weights[lane]], size: shard.inputs[0].shape)
        }
      }
    }
    return all
  }

  @Test(arguments: written) func theSameWhateverThreadsAndBatches(text: String) throws {
    let (source, transforms) = (Self.rectangles(), try Self.transforms(text))
    let one = try Self.load(source, transforms)
    #expect(try Self.load(source, transforms, threads: 3) == one)
    #expect(try Self.load(source, transforms, batch: 10, shards: 5) == one)
    if !Self.drawNothing(text) {
      #expect(try Self.load(source, transforms, seed: 8) != one)
      #expect(one[0] != one[1])
    }
    // With one view, every epoch shows the same.
    let views = try Self.load(source, transforms, views: 1)
    #expect(views[0] == one[0] && views[1] == one[0])
  }

  @Test(arguments: written) func imageMaskAndBoxesMoveTogether(text: String) throws {
    // What is erased or solarized moves nothing, and looks another way.
    guard !["Erasing", "Solarization", "RandAugment"].contains(where: text.contains) else { return }
    // Colours and borders change; what is on which side of the threshold does not, or all of it does, in a negative.
    for sample in try Self.load(Self.rectangles(), try Self.transforms(text)).flatMap(\.self).compactMap(\.self) {
      let (height, width) = (sample.size.height, sample.size.width)
      #expect(sample.mask.count == height * width && Set(sample.mask).isSubset(of: [0, 1, 255]))
      var (left, top, right, bottom) = (width, height, 0, 0)
      var wrong = 0
      for row in 0..<height {
        for column in 0..<width {
          let (value, number) = (sample.image[(row * width + column) * 3], sample.mask[row * width + column])
          if number == 1 {
            (left, right) = (min(left, column), max(right, column + 1))
            (top, bottom) = (min(top, row), max(bottom, row + 1))
          }
          wrong += (value > 125) == (number == 1) ? 0 : 1
        }
      }
      // Half a pixel is rounded to one side or the other.
      let different = min(wrong, height * width - wrong)
      #expect(different <= 2 * (height + width) / 10, "\(text): \(different) pixels")
      guard left < right else { continue }
      let edges = [
        (sample.boxes[0] * Float(width), left), (sample.boxes[1] * Float(height), top),
        (sample.boxes[2] * Float(width), right), (sample.boxes[3] * Float(height), bottom),
      ]
      let isWhole = sample.boxes[..<2].allSatisfy { $0 > 0 } && sample.boxes[2..<4].allSatisfy { $0 < 1 }
      for (place, (edge, pixel)) in edges.enumerated() {
        // Of a box that is cut off, the corners that are outside say more than the pixels that are inside.
        let outwards = place < 2 ? Float(pixel) - edge : edge - Float(pixel)
        #expect(isWhole ? abs(outwards) < 1.1 : outwards > -1.1, "\(text): \(edges)")
      }
      #expect(sample.boxes[4] == sample.others[0] && sample.boxes[5...].allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: written) func whatIsNoPictureStays(text: String) throws {
    for epoch in try Self.load(Self.rectangles(), try Self.transforms(text)) {
      for (index, sample) in epoch.enumerated() {
        #expect(sample?.others == Array(repeating: Float(index), count: 3))
      }
    }
  }

  @Test func severalFollowOneAnother() throws {
    let text = #"{"RandomZoom": 0.2}, {"RandomCrop": [10, 10]}, {"RandomContrast": 0.5}, {"RandomFlip": "horizontal"}"#
    let all = try Self.load(Self.rectangles(), try Self.transforms(text)).flatMap(\.self).compactMap(\.self)
    #expect(all.count == 24 && all.allSatisfy { $0.size == [10, 10, 3] })
    // The place among the transforms is part of what is drawn.
    let (first, second) = (#"{"RandomFlip": "vertical"}"#, #"{"RandomFlip": "vertical"}, {"RandomFlip": "vertical"}"#)
    let once = try Self.load(Self.rectangles(), try Self.transforms(first))
    #expect(try Self.load(Self.rectangles(), try Self.transforms(second)) != once)
  }

  /// `augmentation` is a short form: moving whole pixels gives the same, wherever it is said.
  @Test func shortFormsAreTransforms() throws {
    let source = Self.rectangles()
    let augmentations: [Augmentation] = [.padCrop(2), .flip(.horizontal)]
    let transforms = try Self.transforms(#"{"padCrop": 2}, {"RandomFlip": "horizontal"}"#)
    #expect(try Self.load(source, [], augmentations: augmentations) == Self.load(source, transforms))
  }

  /// Whole pixels that are moved as a window are the same as those that are copied.
  @Test func flipsAreTheSameBeforeOtherTransforms() throws {
    let source = Self.rectangles()
    for mode in ["horizontal", "vertical", "horizontal_and_vertical"] {
      let flip = #"{"RandomFlip": "\#(mode)"}"#
      let alone = try Self.load(source, try Self.transforms(flip))
      let before = try Self.load(source, try Self.transforms(flip + #", {"RandomBrightness": [0, 0]}"#))
      for (first, second) in zip(alone.flatMap(\.self), before.flatMap(\.self)) {
        #expect(first?.image == second?.image && first?.mask == second?.mask)
        let pairs = zip(first?.boxes ?? [], second?.boxes ?? [])
        #expect(pairs.allSatisfy { abs($0 - $1) < 1e-6 })
      }
    }
  }

  @Test(arguments: written) func writtenFormsAreReadBack(text: String) throws {
    let transforms = try Self.transforms(text)
    let again = try JSONDecoder().decode([TransformChoice].self, from: JSONEncoder().encode(transforms))
    #expect(again == transforms)
  }

  @Test func boxesThatLeaveTheImageAreGone() throws {
    let boxes: [Float] = [0.75, 0.75, 1, 1, 5, 0, 0, 0.5, 0.5, 6]
    let source = MemorySource(
      "boxes",
      [
        ColumnValues(.image([8, 8, 1]), bytes: [UInt8](repeating: 0, count: 64)),
        ColumnValues(Column("boxes", .boxes, .float, shape: [2, 5]), floats: boxes),
      ])
    let text =
      #"{"RandomTranslation": {"height_factor": [0.25, 0.25], "width_factor": [0.25, 0.25]}}"#
    let preparation = try Preparation(for: source, transforms: try Self.transforms(text))
    let loader = Loader(
      source, targets: ["boxes"], sampler: Sampler(count: 1, batch: 1, shards: 1, shuffledBy: nil), shards: 0..<1,
      preparation: preparation, to: 1)
    let moved = try #require(try loader.next()).shards[0].targets[0].sample(0)
    #expect(isNear(moved, [0.25, 0.25, 0.75, 0.75, 6, 0, 0, 0, 0, 0]), "\(moved)")
  }

  /// Moves what is right to the left: the example of docs/adding-a-transform.md.
  struct RandomSlant: GeometricTransform {
    static let kerasName = "RandomSlant"

    var factor: FactorRange

    var fill: Fill { Fill(.reflect) }
    var interpolation: Interpolation { .bilinear }

    func map(_ size: ImageSize, random: inout RandomStream) -> Homography {
      .around(size, a: 1, b: factor.draw(&random), d: 0, e: 1)
    }
  }

  @Test func transformsOfAProgramAreKnownOnceRegistered() throws {
    let choice = TransformChoice(RandomSlant(factor: FactorRange(0.3)))
    let written = try JSONEncoder().encode(choice)
    #expect(throws: DecodingError.self) { _ = try JSONDecoder().decode(TransformChoice.self, from: written) }
    let alone = try Self.load(Self.rectangles(), [choice])
    TransformRegistry.register(RandomSlant.self)
    #expect(try JSONDecoder().decode(TransformChoice.self, from: written) == choice)
    #expect(try Self.load(Self.rectangles(), [choice], threads: 3) == alone)
  }

  /// Every frame of a clip is changed alike.
  @Test(arguments: [
    #"{"RandomRotation": 0.2}"#, #"{"RandomHue": 0.5}"#, #"{"RandomErasing": {"factor": [1, 1]}}"#,
    #"{"RandomFlip": "vertical"}"#, #"{"RandomCrop": [5, 6]}"#, #"{"GaussianNoise": 9}"#, #"{"padCrop": 2}"#,
  ])
  func framesAreChangedAlike(text: String) throws {
    let frame = (0..<7 * 9 * 3).map { Float($0 * 37 % 251) }
    func load(_ shape: Shape, _ frames: Int) throws -> [Float] {
      let source = MemorySource(
        "clips",
        [
          ColumnValues(.image(shape, .float), floats: (0..<frames).flatMap { _ in frame }),
          ColumnValues(.label(), integers: [0]),
        ])
      let preparation = try Preparation(for: source, transforms: try Self.transforms(text), seed: 3)
      let loader = Loader(
        source, sampler: Sampler(count: 1, batch: 1, shards: 1, shuffledBy: nil), shards: 0..<1,
        preparation: preparation, to: 1)
      return try #require(try loader.next()).shards[0].inputs[0].sample(0)
    }
    let one = try load([7, 9, 3], 1)
    #expect(one != frame)
    #expect(try load([4, 7, 9, 3], 4) == one + one + one + one)
  }
}
