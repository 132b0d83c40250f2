import Communication
import TestSupport
import Testing
import Training

extension ParallelTests {
  /// Training over MPI gives the bits that a rank gets alone, with either normalisation, and goes on from a checkpoint.
  @Test(arguments: Recipe.Normalization.allCases) func trainingGivesTheBitsOfOneRank(
    normalization: Recipe.Normalization
  ) throws {
    var run = TrainingRun()
    run.recipe.normalization = normalization
    run.recipe.threads = .fixed(1)
    let alone = try run.digest(steps: 4)
    // All ranks use the folder of rank 0.
    let folder = try TemporaryFolder()
    let path = String(decoding: try world.broadcast([UInt8](folder.path.utf8), from: 0), as: UTF8.self)
    var callbacks: [any Callback] = []
    _ = try Trainer(run.recipe, folder: path, communicator: world).train(maxSteps: 3, callbacks: &callbacks)
    let trainer = try Trainer(run.recipe, folder: path, communicator: world, resume: true)
    let summary = try trainer.train(maxSteps: 4, callbacks: &callbacks)
    #expect(summary.weightsDigest == alone)
    try world.barrier()
  }

  /// A run that freezes, unfreezes, is stopped in its second phase and goes on over MPI gives the bits of one rank.
  @Test func phasesGiveTheBitsOfOneRank() throws {
    var run = TrainingRun()
    run.recipe.threads = .fixed(1)
    func phase(_ change: (inout PhaseChoice) -> Void) -> PhaseChoice {
      var phase = PhaseChoice()
      (phase.steps, phase.rate) = (2, 0.02)
      change(&phase)
      return phase
    }
    run.recipe.finetune = FinetuneChoice(phases: [
      phase { $0.freeze = ["backbone"] }, phase { ($0.unfreeze, $0.steps) = (["stage 3"], 3) },
      phase { $0.unfreeze = ["all"] },
    ])
    let alone = try run.digest(steps: 7)
    let folder = try TemporaryFolder()
    let path = String(decoding: try world.broadcast([UInt8](folder.path.utf8), from: 0), as: UTF8.self)
    var callbacks: [any Callback] = []
    let first = try Trainer(run.recipe, folder: path, communicator: world).train(maxSteps: 4, callbacks: &callbacks)
    let trainer = try Trainer(run.recipe, folder: path, communicator: world, resume: true)
    let summary = try trainer.train(maxSteps: 7, callbacks: &callbacks)
    #expect(summary.weightsDigest == alone && summary.frozenDigest != first.frozenDigest)
    let digests = try world.allGather([UInt8]((first.frozenDigest ?? "").utf8))
    #expect(Set(digests).count == 1 && !digests[0].isEmpty)
    try world.barrier()
  }

  /// Factors of gradients that MPI gathers give the bits of one rank.
  @Test func factoredGradientsGiveTheBitsOfOneRank() throws {
    var run = TrainingRun.wide(shards: 5)
    run.recipe.threads = .fixed(1)
    let alone = try run.digest(steps: 3)
    let folder = try TemporaryFolder()
    let path = String(decoding: try world.broadcast([UInt8](folder.path.utf8), from: 0), as: UTF8.self)
    var callbacks: [any Callback] = []
    let summary = try Trainer(run.recipe, folder: path, communicator: world).train(maxSteps: 3, callbacks: &callbacks)
    #expect(summary.weightsDigest == alone)
    try world.barrier()
  }

  /// One rank's trouble is everybody's, in the same sentence.
  @Test func ranksWithDifferentRecipesAreRefused() throws {
    var run = TrainingRun(model: "lenet5")
    run.recipe.threads = .fixed(1)
    run.recipe.seed = world.rank == world.size - 1 ? 1 : 0
    let folder = try TemporaryFolder()
    if world.size == 1 {
      _ = try Trainer(run.recipe, folder: folder.path, communicator: world)
    } else {
      #expect { try Trainer(run.recipe, folder: folder.path, communicator: world) } throws: {
        "\($0)".contains("rank \(world.size - 1) on ") && "\($0)".contains("('seed' is 1)")
          && "\($0)".contains("start all ranks with the same configuration")
      }
    }
    try world.barrier()
  }
}
