import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Saving while training goes on, at once, and where it cannot be done.
@Suite(.serialized) struct SavingTests {
  /// Wants something at the end of a step, on the rank that has it.
  private struct Wish: Callback {
    let directive: Directive
    let step: Int

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .step = event, report.state.step == step { directive } else { .goOn }
    }
  }

  /// Moves the folder away after the first save and back after the first that fails; notes what becomes of saves.
  private struct Mover: Callback {
    let folder: String
    let events: Box<[String]>

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive {
      switch event {
      case .began: events.value = []
      case .saved:
        if events.value == [] { try FileManager.default.moveItem(atPath: folder, toPath: folder + "-away") }
        events.value?.append("saved")
      case .notSaved(let reason):
        if events.value == ["saved"] { try FileManager.default.moveItem(atPath: folder + "-away", toPath: folder) }
        events.value?.append(reason)
      case .step, .epoch, .noticed, .ended: break
      }
      return .goOn
    }
  }

  private func digest(of path: String) throws -> String {
    let model = try Checkpoint.header(of: path).recipe.makeModel(input: [28, 28, 1], classes: 10)
    let weights = Weights(ParameterTable(model.graph))
    try Checkpoint.load(path, graph: model.graph, into: weights, slots: [])
    return weights.digest()
  }

  /// Weights move on while they are written: what is in the file is what they were.
  @Test func aCheckpointHoldsItsStep() throws {
    var run = TrainingRun()
    run.ranks = 2
    (run.recipe.checkpoint.every, run.recipe.checkpoint.keep.last) = (.steps(1), 5)
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 4)
    for step in 1...4 {
      let path = "\(folder.path)/step-0000000\(step).h5"
      #expect(try Checkpoint.header(of: path).state.step == step)
      #expect(try digest(of: path) == run.digest(steps: step))
    }
  }

  @Test func anyRankCanAskForASave() throws {
    var run = TrainingRun(model: "lenet5")
    (run.ranks, run.recipe.checkpoint.keep.last) = (3, 4)
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 5) { $0 == 2 ? [Wish(directive: .save, step: 2)] : [] }
    #expect(
      try Checkpoint.files(in: folder.path).map { String($0.dropFirst(folder.path.count + 1)) } == [
        "last.h5", "step-00000005.h5", "step-00000002.h5",
      ])
  }

  @Test func anInterruptedRunGoesOn() throws {
    var run = TrainingRun(model: "lenet5")
    let whole = try run.digest(steps: 6)
    let folder = try TemporaryFolder()
    run.ranks = 2
    let first = try run.train(in: folder, steps: 6) { $0 == 1 ? [Wish(directive: .interrupt, step: 3)] : [] }
    #expect(first.map(\.isInterrupted) == [true, true] && first[0].state.step == 3)
    let found = try #require(try Checkpoint.run(in: folder.path))
    #expect(try found.isInterrupted && found.difference(from: run.recipe) == nil)
    var other = run.recipe
    other.seed = 1
    #expect(try found.difference(from: other) == "'seed' was 0 and is 1")
    run.ranks = 3
    let second = try run.train(in: folder, steps: 6, resume: true)
    #expect(second.allSatisfy { !$0.isInterrupted && $0.weightsDigest == whole })
    #expect(try Checkpoint.run(in: folder.path)?.isInterrupted == false)
  }

  /// A request in the last step comes too late to interrupt anything.
  @Test func aFinishedRunIsNotInterrupted() throws {
    let folder = try TemporaryFolder()
    let summary = try TrainingRun(model: "lenet5").train(in: folder, steps: 3) { _ in
      [Wish(directive: .interrupt, step: 3)]
    }
    #expect(!summary[0].isInterrupted)
  }

  @Test(arguments: CheckpointPolicy.SaveFailureChoice.allCases)
  func aFolderThatGoesAway(choice: CheckpointPolicy.SaveFailureChoice) throws {
    var run = TrainingRun(model: "lenet5")
    run.ranks = 2
    (run.recipe.checkpoint.every, run.recipe.checkpoint.onSaveFailure) = (.steps(2), choice)
    let folder = try TemporaryFolder()
    let (path, events) = (folder.path, Box<[String]>())
    let move: @Sendable (Int) -> [any Callback] = { $0 == 0 ? [Mover(folder: path, events: events)] : [] }
    switch choice {
    case .goOn:
      let summary = try run.train(in: folder, steps: 12, callbacks: move)[0]
      let told = try #require(events.value)
      #expect(told.first == "saved" && told.last == "saved", "\(told)")
      #expect(told.contains { $0.contains("the checkpoint could not be written") }, "\(told)")
      #expect(try Checkpoint.header(of: folder.path + "/last.h5").state.step == 12)
      #expect(try summary.weightsDigest == run.digest(steps: 12))
    case .stop:
      #expect { try run.train(in: folder, steps: 12, callbacks: move) } throws: {
        "\($0)".contains("the checkpoint could not be written")
      }
      try FileManager.default.moveItem(atPath: path + "-away", toPath: path)
      #expect(try Checkpoint.files(in: path).count == 1)
    }
  }

  /// Batch norm's statistics do not show in the training loss, so that only saving finds them.
  @Test func statisticsThatAreNotFiniteEndTheRun() throws {
    var run = TrainingRun()
    run.recipe.checkpoint.every = .steps(1)
    let folder = try TemporaryFolder()
    #expect { try run.train(in: folder, steps: 5, began: { $0.weights.states[0] = .nan }) } throws: {
      "\($0)".contains("the weights hold values that are not finite and are not saved")
    }
    #expect(try Checkpoint.files(in: folder.path).isEmpty)
  }
}
