import Datasets
import Foundation
import Networks
import TestSupport
import Testing
import Training

/// Samples that cannot be read end a run, or are left out of it, the same on every rank.
@Suite(.serialized) struct BadSampleTests {
  private static let bad: Set = ["a/3", "b/0", "b/11"]

  /// Two classes of small images, some of them damaged: one is cut off, one empty, one no image.
  ///
  /// - Parameter isClean: without those.
  private func write(_ folder: borrowing TemporaryFolder, isClean: Bool = false, damaged: Set<String> = bad) throws {
    for (label, name) in ["a", "b"].enumerated() {
      let path = "\(folder.path)/data/\(name)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for index in 0..<20 {
        let isBad = damaged.contains("\(name)/\(index)")
        if isBad, isClean { continue }
        let pixels = (0..<16).map { String((index * 7 + $0 * 5 + label * 90) % 256) }
        var text = "P2 4 4 255 \(pixels.joined(separator: " "))\n"
        if isBad { text = ["P2 4 4 255 1 2 3", "", "no image"][index % 3] }
        try text.write(toFile: "\(path)/\(index + 100).pgm", atomically: true, encoding: .utf8)
      }
    }
  }

  private func run(_ folder: borrowing TemporaryFolder, _ choice: DataChoice.BadSampleChoice?) -> TrainingRun {
    var run = TrainingRun()
    run.recipe = Recipe(
      model: .layers(
        [.init(className: "Flatten"), .init(className: "Dense", values: ["units": 2])], input: [4, 4, 1]),
      data: DataChoice(train: "\(folder.path)/data"))
    run.recipe.data.onBadSample = choice
    run.recipe.data.split = SplitChoice(validation: Share(0.2))
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (8, 4, 2)
    return run
  }

  @Test func theyAreLeftOutOnAllRanksAlike() throws {
    let data = try TemporaryFolder()
    let clean = try TemporaryFolder()
    try write(data)
    try write(clean, isClean: true)
    let wanted = try run(clean, nil).digest(steps: 8)
    for (ranks, threads) in [(1, 1), (2, 1), (3, 2)] {
      var run = run(data, .skip)
      (run.ranks, run.threads) = (ranks, threads)
      let folder = try TemporaryFolder()
      _ = try run.train(in: folder, steps: 3)
      let summary = try run.train(in: folder, steps: 8, resume: true)[0]
      #expect(summary.weightsDigest == wanted)
      let list = try String(contentsOfFile: "\(folder.path)/skipped.csv", encoding: .utf8).split(separator: "\n")
      #expect(list.count == 4 && list[0] == "data,sample,problem")
      for name in ["a/103.pgm", "b/100.pgm", "b/111.pgm"] { #expect(list.contains { $0.contains(name) }) }
    }
  }

  @Test func theyEndTheRunOtherwise() throws {
    let data = try TemporaryFolder()
    try write(data)
    for choice in [nil, DataChoice.BadSampleChoice.stop] {
      let error = #expect(throws: TrainingError.self) { try run(data, choice).digest(steps: 1) }
      #expect(error?.description.contains("3 of") == true || error?.description.contains("cannot be read") == true)
    }
    let most = try TemporaryFolder()
    try write(most, damaged: Set((1..<18).flatMap { ["a/\($0)", "b/\($0)"] }))
    let error = #expect(throws: TrainingError.self) { try run(most, .skip).digest(steps: 1) }
    #expect(error?.description.contains("34 of 40 samples cannot be read") == true)
  }
}
