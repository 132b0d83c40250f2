import Foundation
import HDF5
import Keras
import Networks
import TestSupport
import Testing
import Training

/// Averages of the weights disturb nothing, and survive a resume bit by bit.
@Suite(.serialized) struct AverageTests {
  private func run(_ change: (inout AverageChoice) -> Void = { _ in }) -> TrainingRun {
    var run = TrainingRun(model: "lenet5")
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.split = SplitChoice(validation: Share(0.2))
    var average = AverageChoice(decay: 0.9)
    change(&average)
    run.recipe.average = average
    return run
  }

  @Test func trainingIsTheSameWithIt() throws {
    var plain = run()
    plain.recipe.average = nil
    let digest = try plain.digest(steps: 14)
    // Twelve steps are an epoch, behind which the average is measured.
    #expect(try run { $0.save = .weights }.digest(steps: 14) == digest)
    #expect(try run().digest(steps: 14) != digest, "the average is what is saved")
    #expect(
      try run { ($0.decay, $0.evaluate) = (0, .weights) }.digest(steps: 14) == digest,
      "without memory it is the weights")
  }

  /// What a checkpoint keeps as the slot behind the optimizer's only one.
  private func behind(_ path: String) throws -> [Float] {
    let root = try File(reading: path).root
    return try ParameterTable(KerasModel(reading: path).graph).entries.flatMap { entry -> [Float] in
      try root.dataset("convoy/slots/1/\(entry.path)").read()
    }
  }

  @Test(arguments: [AverageChoice.Weights.average, .weights])
  func resumingChangesNothing(_ saved: AverageChoice.Weights) throws {
    let whole = try TemporaryFolder()
    let parts = try TemporaryFolder()
    var run = run { $0.save = saved }
    let straight = try run.train(in: whole, steps: 16)[0]
    run.ranks = 3
    _ = try run.train(in: parts, steps: 7)
    (run.ranks, run.threads) = (2, 2)
    let resumed = try run.train(in: parts, steps: 16, resume: true)[0]
    #expect(resumed.weightsDigest == straight.weightsDigest && resumed.state == straight.state)
    // Both of them are the same, whichever lies in front.
    #expect(try behind(straight.checkpoint) == behind(resumed.checkpoint))
    #expect(try behind(straight.checkpoint).count == KerasModel(reading: straight.checkpoint).graph.parameterCount)
  }

  @Test func whatIsMeasuredIsWhatWasChosen() throws {
    func losses(_ wanted: AverageChoice.Weights) throws -> [Double] {
      let folder = try TemporaryFolder()
      return try run { $0.evaluate = wanted }.train(in: folder, steps: 24)[0].state.history.map { $0.validation!.loss }
    }
    let (average, weights) = (try losses(.average), try losses(.weights))
    #expect(average.count == 2 && average != weights)
  }
}
