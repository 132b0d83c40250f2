import Datasets
import Foundation
import Tensors
import Testing

/// Transforms of signals along one axis, (steps, channels).
@Suite struct SignalTransformTests {
  static let written = [
    #"{"RandomGain": 0.5}"#, #"{"RandomGain": [0.5, 3]}"#, #"{"RandomTimeShift": 0.4}"#,
    #"{"RandomTimeShift": {"factor": [-1, 1], "fill_mode": "constant", "fill_value": 7}}"#, #"{"RandomSpeed": 0.3}"#,
    #"{"RandomSpeed": {"factor": [0.5, 2], "fill_value": -1}}"#, #"{"RandomPitch": 3}"#,
    #"{"RandomPitch": {"semitones": [2, 4], "window": 32}}"#,
  ]

  private static let steps = 60

  /// Two channels of sines.
  private static func signal(_ sample: Int) -> [Float] {
    (0..<steps).flatMap { step -> [Float] in
      let (first, second) = (sin(Double(step) * 0.4 + Double(sample)), 10 * cos(Double(step) * 0.2))
      return [Float(first), Float(second)]
    }
  }

  private static func load(
    _ text: String, threads: Int = 1, shards: Int = 1, epochs: Int = 2
  ) throws -> [[[Float]]] {
    let source = MemorySource(
      "signals",
      [
        ColumnValues(.image([steps, 2], .float), floats: (0..<6).flatMap(signal)),
        ColumnValues(.label(), integers: (0..<6).map { Int32($0) }),
      ])
    let preparation = try Preparation(for: source, transforms: try TransformTests.transforms(text), seed: 5)
    let loader = Loader(
      source, sampler: Sampler(count: 6, batch: 6, shards: shards, shuffledBy: 2), shards: 0..<shards,
      preparation: preparation, to: 6 * epochs, threads: threads)
    var all = Array(repeating: [[Float]](repeating: [], count: 6), count: epochs)
    while let batch = try loader.next() {
      for shard in batch.shards {
        for lane in 0..<shard.liveCount {
          all[batch.sampled.epoch][Int(shard.samples[lane])] = shard.inputs[0].sample(lane)
        }
      }
    }
    return all
  }

  @Test(arguments: written) func theSameWhateverThreadsAndBatches(text: String) throws {
    let one = try Self.load(text)
    #expect(try Self.load(text, threads: 3) == one)
    #expect(try Self.load(text, shards: 3) == one)
    #expect(one[0] != one[1] && one[0][0] != Self.signal(0))
    #expect(one.flatMap(\.self).allSatisfy { $0.count == 2 * Self.steps && $0.allSatisfy(\.isFinite) })
    let transforms = try TransformTests.transforms(text)
    #expect(try JSONDecoder().decode([TransformChoice].self, from: JSONEncoder().encode(transforms)) == transforms)
  }

  private func isNear(_ values: [Float], _ wanted: [Float], _ tolerance: Float = 1e-4) -> Bool {
    values.count == wanted.count && zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance }
  }

  @Test func gainsAndShiftsFollowTheirFormulas() throws {
    let x = Self.signal(0)
    #expect(isNear(try Self.load(#"{"RandomGain": [2.5, 2.5]}"#)[0][0], x.map { 2.5 * $0 }))
    for part in [0.25, -0.4, 0.9, -1] {
      let text = #"{"RandomTimeShift": [\#(part), \#(part)]}"#
      let by = Int((part * Double(Self.steps)).rounded())
      let wanted = (0..<Self.steps).flatMap { step -> [Float] in
        let from = ((step - by) % Self.steps + Self.steps) % Self.steps
        return [x[2 * from], x[2 * from + 1]]
      }
      #expect(isNear(try Self.load(text)[0][0], wanted), "\(part)")
      let constant = #"{"RandomTimeShift": {"factor": [\#(part), \#(part)], "fill_mode": "constant", "fill_value": 7}}"#
      let filled = (0..<Self.steps).flatMap { step -> [Float] in
        let from = step - by
        return (0..<Self.steps).contains(from) ? [x[2 * from], x[2 * from + 1]] : [7, 7]
      }
      #expect(isNear(try Self.load(constant)[0][0], filled), "\(part)")
    }
  }

  @Test func speedReadsBetweenSteps() throws {
    let x = Self.signal(0)
    let found = try Self.load(#"{"RandomSpeed": {"factor": [1.5, 1.5], "fill_value": 0}}"#)[0][0]
    for step in 0..<Self.steps {
      let place = 1.5 * Double(step)
      let (left, part) = (Int(place), Float(place - place.rounded(.down)))
      let value = left + 1 < Self.steps ? x[2 * left] * (1 - part) + x[2 * left + 2] * part : 0
      if left + 1 < Self.steps || left >= Self.steps { #expect(abs(found[2 * step] - value) < 1e-4) }
    }
  }

  /// An octave has twice as many oscillations in the same time.
  @Test func pitchKeepsTheTime() throws {
    let steps = 4096
    let wave = (0..<steps).map { Float(sin(Double($0) * 2 * .pi / 64)) }
    let source = MemorySource(
      "wave", [ColumnValues(.image([steps, 1], .float), floats: wave), ColumnValues(.label(), integers: [0])])
    for (semitones, factor) in [(12, 2.0), (-12, 0.5), (0, 1)] {
      let text = #"{"RandomPitch": {"semitones": [\#(semitones), \#(semitones)], "window": 512}}"#
      let preparation = try Preparation(for: source, transforms: try TransformTests.transforms(text))
      let loader = Loader(
        source, sampler: Sampler(count: 1, batch: 1, shards: 1, shuffledBy: nil), shards: 0..<1,
        preparation: preparation, to: 1)
      let found = try #require(try loader.next()).shards[0].inputs[0].sample(0)
      // The rising crossings of what is loud enough.
      let crossings = (1..<steps).count { found[$0 - 1] < 0 && found[$0] >= 0 }
      #expect(abs(Double(crossings) - 64 * factor) <= 0.15 * 64 * factor, "\(semitones): \(crossings)")
      if semitones == 0 { #expect(isNear(found, wave)) }
    }
  }
}
