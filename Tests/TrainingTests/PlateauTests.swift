import Networks
import TestSupport
import Testing
import Training

/// A learning rate that falls where a score does not improve, in whole runs.
struct PlateauTests {
  /// Six epochs of a rate with which the loss does not fall for long.
  private func run() -> TrainingRun {
    var run = TrainingRun(model: "lenet5")
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.validation = TrainingRun.digits + ":/train"
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (256, 4, 6)
    run.recipe.optimizer.rate = 0.4
    run.recipe.schedule = ScheduleChoice(
      keras: KerasScheduleChoice(
        className: "ReduceLROnPlateau",
        arguments: ["monitor": "val_accuracy", "factor": 0.5, "patience": 1, "min_delta": 0.2, "cooldown": 1]))
    return run
  }

  @Test func rateFallsAndGoesOnAfterAStop() throws {
    var run = run()
    let folder = try TemporaryFolder()
    let stepsPerEpoch = Box<Int>()
    let whole = try run.train(in: folder, steps: .max, began: { stepsPerEpoch.value = $0.stepsPerEpoch })[0]
    let rates = whole.state.history.map(\.rate)
    #expect(rates.first == Double(Float(0.4)) && rates.last! < rates.first!, "\(rates)")
    // By hand: at most every other epoch, each time to a half.
    for (rate, next) in zip(rates, rates.dropFirst()) { #expect(next == rate || next == rate / 2, "\(rates)") }
    let steps = stepsPerEpoch.value! * 3 + 2
    let other = try TemporaryFolder()
    run.ranks = 2
    _ = try run.train(in: other, steps: steps)
    run.ranks = 3
    let resumed = try run.train(in: other, steps: .max, resume: true)[0]
    #expect(resumed.weightsDigest == whole.weightsDigest)
    #expect(resumed.state.history.map(\.rate) == rates)
  }

  @Test func aScoreThatThereIsNotIsNamed() throws {
    var run = run()
    run.recipe.schedule.keras!.arguments["monitor"] = "val_acuracy"
    let folder = try TemporaryFolder()
    #expect { try run.train(in: folder, steps: .max) } throws: {
      "\($0)".contains("'val_acuracy'") && "\($0)".contains("did you mean 'val_accuracy'?")
    }
  }
}
