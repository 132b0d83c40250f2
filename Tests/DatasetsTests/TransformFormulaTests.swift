import Augmentations
import Datasets
import Foundation
import Kernels
import Tensors
import Testing

/// Transforms of one small image against their formulas.
@Suite struct TransformFormulaTests {
  /// One grey image of 4 x 4 with the numbers 0 to 15, changed.
  private func grey(_ text: String, _ value: (Int) -> UInt8 = { UInt8($0) }) throws -> [Float] {
    let source = MemorySource(location: "grey", shape: [4, 4, 1], samples: (0..<16).map(value), labels: [0])
    let preparation = try Preparation(
      for: source, Preprocessing(scale: 1), transforms: try TransformTests.transforms(text), seed: 3)
    let sampler = Sampler(count: 1, batch: 1, shards: 1, shuffledBy: nil)
    let loader = Loader(source, sampler: sampler, shards: 0..<1, preparation: preparation, to: 1)
    return try #require(try loader.next()).shards[0].inputs[0].sample(0)
  }

  /// A quarter of a turn is numpy's `rot90`: against the clock.
  @Test func rotationTurnsAgainstTheClock() throws {
    #expect(
      isNear(
        try grey(#"{"RandomRotation": [0.25, 0.25]}"#), [3, 7, 11, 15, 2, 6, 10, 14, 1, 5, 9, 13, 0, 4, 8, 12]))
  }

  /// Down and to the right, with each way to fill.
  @Test(arguments: [
    ("constant", [9, 9, 9, 9, 9, 0, 1, 2, 9, 4, 5, 6, 9, 8, 9, 10]),
    ("nearest", [0, 0, 1, 2, 0, 0, 1, 2, 4, 4, 5, 6, 8, 8, 9, 10]),
    ("reflect", [0, 0, 1, 2, 0, 0, 1, 2, 4, 4, 5, 6, 8, 8, 9, 10]),
    ("wrap", [15, 12, 13, 14, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10]),
  ])
  func translationMovesAndFills(mode: String, wanted: [Float]) throws {
    let text =
      #"{"RandomTranslation": {"height_factor": [0.25, 0.25], "width_factor": [0.25, 0.25], "#
      + #""fill_mode": "\#(mode)", "fill_value": 9}}"#
    #expect(isNear(try grey(text), wanted))
  }

  /// Twice as large: between the centres of pixels lie quarters.
  @Test func zoomIsAboutTheMiddle() throws {
    let zoomed = try grey(#"{"RandomZoom": [-0.5, -0.5]}"#)
    let rows: [Float] = [3, 5, 7, 9]
    let expected = rows.flatMap { row in [0.75, 1.25, 1.75, 2.25].map { row + $0 } }
    #expect(isNear(zoomed, expected), "\(zoomed)")
  }

  @Test func coloursFollowTheirFormulas() throws {
    #expect(isNear(try grey(#"{"RandomBrightness": [0.5, 0.5]}"#), (0..<16).map { Float($0) + 127.5 }))
    #expect(isNear(try grey(#"{"RandomInvert": 1}"#), (0..<16).map { 255 - Float($0) }))
    let clipped = try grey(#"{"RandomBrightness": {"factor": [-0.5, -0.5], "value_range": [0, 20]}}"#)
    #expect(isNear(clipped, (0..<16).map { max(Float($0) - 10, 0) }))
    let contrast = try grey(#"{"RandomContrast": 0.5}"#) { UInt8(100 + $0) }
    let factor = (contrast[15] - contrast[0]) / 15
    #expect((0.5...1.5).contains(factor))
    #expect(isNear(contrast, (0..<16).map { (Float($0) - 7.5) * factor + 107.5 }))
  }
}

/// Whether numbers are the same but for rounding.
func isNear(_ values: [Float], _ wanted: [Float]) -> Bool {
  values.count == wanted.count && zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-3 }
}
