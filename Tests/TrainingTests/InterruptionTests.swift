import Foundation
import Networks
import TestSupport
import Testing
import Training

/// A run that is ended at any moment, in a step, an evaluation, a save, or between two phases, goes on to the same
/// bits.
@Suite(.serialized) struct InterruptionTests {
  enum Kind: CaseIterable { case average, stopping, phases, small }

  private func run(_ kind: Kind) -> TrainingRun {
    var run = TrainingRun()
    run.ranks = 2
    run.recipe.model = .layers(
      [
        .init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3, "strides": 2]),
        .init(className: "BatchNormalization"), .init(className: "ReLU"), .init(className: "GlobalAveragePooling2D"),
        .init(className: "Dense", values: ["units": 12, "activation": "relu"]),
        .init(className: "Dropout", values: ["rate": 0.4]), .init(className: "Dense", values: ["units": 10]),
      ], input: [28, 28, 1])
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.split = SplitChoice(validation: Share(0.3), test: Share(0.3))
    run.recipe.epochs = 3
    run.recipe.checkpoint.every = .steps(4)
    switch kind {
    case .average: run.recipe.average = AverageChoice(decay: 0.9)
    case .stopping:
      (run.recipe.epochs, run.recipe.earlyStopping) = (5, EarlyStoppingChoice(patience: 1))
      run.recipe.earlyStopping!.restoreBest = true
    case .phases:
      var (head, all) = (PhaseChoice(), PhaseChoice())
      (head.freeze, head.steps, head.rate) = (["backbone"], 9, 0.05)
      (all.unfreeze, all.steps, all.rate) = (["all"], 6, 0.01)
      run.recipe.finetune = FinetuneChoice(phases: [head, all])
      (run.recipe.featureCache, run.recipe.augmentation) = (.memory, [])
    case .small: run.recipe.memory = .small
    }
    return run
  }

  @Test(arguments: Kind.allCases) func atAnyMoment(_ kind: Kind) throws {
    let run = run(kind)
    let whole = try TemporaryFolder()
    let start = ContinuousClock.now
    let straight = try run.train(in: whole, steps: .max)[0]
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var saved = 0
    for trial in 0..<8 {
      let folder = try TemporaryFolder()
      let copy = try TemporaryFolder()
      let (path, copyPath) = (folder.path, copy.path)
      let outcome = Box<(step: Int, isSaved: Bool)?>()
      _ = try run.train(
        in: folder, steps: .max,
        began: { trainer in
          Thread.detachNewThread {
            Thread.sleep(forTimeInterval: seconds * Double(trial) / 9)
            guard let (_, isSaved) = trainer.saveAtOnce() else { return outcome.value = .some(nil) }
            try? FileManager.default.removeItem(atPath: copyPath)
            try? FileManager.default.copyItem(atPath: path, toPath: copyPath)
            outcome.value = (trainer.state.step, isSaved)
            trainer.goOnAfterSaving()
          }
        })
      while outcome.value == nil { usleep(1000) }
      guard let (step, isSaved) = outcome.value.flatMap({ $0 }), isSaved else { continue }
      saved += 1
      #expect(try Checkpoint.run(in: copyPath)?.isInterrupted == true)
      #expect(try Checkpoint.header(of: "\(copyPath)/last.h5").state.step == step, "the last step that was completed")
      let resumed = try run.train(in: copy, steps: .max, resume: true)[0]
      #expect(resumed.weightsDigest == straight.weightsDigest, "trial \(trial), after step \(step)")
      #expect(resumed.state == straight.state, "trial \(trial), after step \(step)")
      #expect(try Checkpoint.run(in: copyPath)?.isInterrupted == false)
    }
    #expect(saved >= 2, "the moments were badly chosen")
  }
}
