import Augmentations
import Datasets
import Foundation
import Tensors
import Testing

/// Transforms that are written wrongly, or do not suit the data: an error in a sentence.
@Suite struct TransformMistakeTests {
  @Test(arguments: [
    #"{"RandomFlip": "diagonal"}"#, #"{"RandomFlop": "horizontal"}"#, #"{"padCrop": 1, "RandomFlip": "vertical"}"#,
    #"{}"#, #"{"RandomCrop": [1, 2, 3]}"#, #"{"RandomRotation": [0.3, 0.1]}"#, #"{"RandomZoom": "much"}"#,
    #"{"RandomTranslation": {"height_factor": 0.1}}"#, #"{"RandomContrast": [1, 2, 3]}"#,
  ])
  func badFormsAreRefused(text: String) {
    #expect(throws: DecodingError.self) { _ = try TransformTests.transforms(text) }
  }

  @Test(arguments: [
    (#"{"padCrop": 3}, {"RandomZoom": 0.1}"#, ["padCrop comes before RandomZoom", "put padCrop last"]),
    (#"{"AugMix": 0.1}"#, ["AugMix", "boxes"]), (#"{"RandomElasticTransform": 0.1}"#, ["boxes cannot be bent"]),
    (#"{"RandomSpeed": 0.1}"#, ["RandomSpeed", "signals", "(20, 24, 3)"]),
    (#"{"CutMix": 1}"#, ["CutMix", "'label' is the number of one", "categorical_crossentropy"]),
    (#"{"RandomCrop": [21, 4]}"#, ["21x4", "20x24"]),
  ])
  func whatDoesNotSuitIsRefused(text: String, parts: [String]) throws {
    try expectSentence(parts) {
      _ = try Preparation(for: TransformTests.rectangles(), transforms: try TransformTests.transforms(text))
    }
  }

  @Test(arguments: [
    (#"{"RandomRotation": 1.5}"#, ["RandomRotation.factor", "-1.0 to 1.0"]),
    (#"{"RandomBrightness": {"factor": 0.1, "value_range": [255, 0]}}"#, ["value_range"]),
    (#"{"RandomContrast": 2}"#, ["RandomContrast.factor", "0 to 1"]),
    (#"{"RandomZoom": -1}"#, ["RandomZoom.height_factor"]),
    (#"{"RandomHeight": 0.2}"#, ["many sizes", "use {RandomZoom: {height_factor: 0.2, width_factor: 0}}"]),
    (#"{"RandomPitch": 40}"#, ["RandomPitch.semitones"]), (#"{"MixUp": 0}"#, ["MixUp.alpha"]),
    (#"{"RandomResizedCrop": [3]}"#, ["RandomResizedCrop.size"]),
    (#"{"RandomResizedCrop": {"height": 3}}"#, ["RandomResizedCrop.width is missing"]),
  ])
  func numbersOutOfRangeAreRefused(text: String, parts: [String]) throws {
    let error = #expect(throws: DecodingError.self) { _ = try TransformTests.transforms(text) }
    for part in parts { #expect("\(error!)".contains(part)) }
  }

  /// What a program makes in Swift is checked when it meets data.
  @Test func numbersThatNoConfigurationMayGiveAreRefused() throws {
    try expectSentence(["RandomRotation.factor", "-1.0 to 1.0"]) {
      _ = try Preparation(
        for: TransformTests.rectangles(), transforms: [TransformChoice(RandomRotation(FactorRange(1.5)))])
    }
  }

  @Test(arguments: [
    #"{"padCrop": 1}"#, #"{"RandomRotation": {"factor": 0.1, "fill_mode": "constant"}}"#,
    #"{"RandomZoom": {"height_factor": 0.1, "fill_mode": "constant"}}"#,
  ])
  func pixelsFromOutsideAMaskNeedAClass(text: String) throws {
    let pixels = [UInt8](repeating: 0, count: 16)
    let source = MemorySource(
      "masks",
      [
        ColumnValues(.image([4, 4, 1]), bytes: pixels),
        ColumnValues(Column("ground", .mask, .byte, shape: [4, 4, 1]), bytes: pixels),
      ])
    try expectSentence(["mask 'ground'", "data.columns.ground.void"]) {
      _ = try Preparation(for: source, transforms: try TransformTests.transforms(text))
    }
  }
}
