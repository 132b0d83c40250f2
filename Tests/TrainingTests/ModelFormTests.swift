import Foundation
import Keras
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Properties of flat models hold for models inside models and for shared ones.
@Suite(.serialized) struct ModelFormTests {
  private func run(_ form: ModelForm, in folder: borrowing TemporaryFolder) throws -> TrainingRun {
    var run = TrainingRun()
    run.recipe.model = try form.choice(in: folder)
    run.recipe.outputs = form.outputs
    return run
  }

  private func phase(_ steps: Int, freeze: [String] = [], unfreeze: [String] = []) -> PhaseChoice {
    var phase = PhaseChoice()
    (phase.steps, phase.freeze, phase.unfreeze, phase.rate) = (steps, freeze, unfreeze, 0.01)
    return phase
  }

  @Test(arguments: ModelForm.allCases, [Recipe.Normalization.shard, .global])
  func neitherRanksNorInterruptionsChangeBits(_ form: ModelForm, _ normalization: Recipe.Normalization) throws {
    let folder = try TemporaryFolder()
    var run = try run(form, in: folder)
    (run.recipe.normalization, run.recipe.optimizer.name, run.recipe.optimizer.momentum) = (normalization, .adam, 0)
    let whole = try run.digest(steps: 4)
    let parts = try TemporaryFolder()
    (run.ranks, run.threads) = (2, 2)
    _ = try run.train(in: parts, steps: 2)
    run.ranks = 3
    #expect(try run.train(in: parts, steps: 4, resume: true)[0].weightsDigest == whole)
    run.recipe.reducer = .blocking
    #expect(try run.digest(steps: 4) == whole)
  }

  /// The last batch of an epoch is a smaller one.
  @Test(arguments: ModelForm.allCases) func batchesOfOtherSizes(_ form: ModelForm) throws {
    let folder = try TemporaryFolder()
    var run = try run(form, in: folder)
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    (run.recipe.batch, run.recipe.shards) = (72, 4)
    let whole = try run.digest(steps: 16)
    let parts = try TemporaryFolder()
    run.ranks = 3
    let first = try run.train(in: parts, steps: 14)[0]
    #expect(first.state.samples > first.state.epochMetrics.samples, "the first epoch is not over")
    #expect(try run.train(in: parts, steps: 16, resume: true)[0].weightsDigest == whole)
  }

  /// The head alone, then all; resumed in the middle of both, with features kept or not.
  @Test(arguments: ModelForm.allCases, [FeatureCacheChoice.never, .memory, .file])
  func phases(_ form: ModelForm, _ cache: FeatureCacheChoice) throws {
    let folder = try TemporaryFolder()
    var run = try run(form, in: folder)
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.augmentation = []
    run.recipe.average = AverageChoice(decay: 0.9)
    run.recipe.finetune = FinetuneChoice(phases: [phase(3, freeze: ["backbone"]), phase(2, unfreeze: ["all"])])
    run.recipe.finetune?.features = form.features
    run.recipe.featureCache = .never
    let whole = try run.digest(steps: 5)
    run.recipe.featureCache = cache
    for stop in [2, 4] {
      let parts = try TemporaryFolder()
      run.ranks = 1
      _ = try run.train(in: parts, steps: stop)
      #expect(try Verification(of: parts.path + "/last.h5").isSound)
      run.ranks = 2
      let summary = try run.train(in: parts, steps: 5, resume: true)[0]
      #expect(summary.weightsDigest == whole, "interrupted after \(stop)")
    }
  }

  /// What is frozen is what its digest says, and what moves is what is trained.
  @Test(arguments: ModelForm.allCases) func frozenLayersStay(_ form: ModelForm) throws {
    let folder = try TemporaryFolder()
    var run = try run(form, in: folder)
    run.recipe.finetune = FinetuneChoice(phases: [phase(4, freeze: ["backbone"])])
    run.recipe.finetune?.features = form.features
    let output = try TemporaryFolder()
    let summary = try run.train(in: output, steps: 4)[0]
    let before = try form.values(at: folder.path + "/\(form.rawValue).h5")
    let after = try form.values(at: summary.checkpoint)
    #expect(
      before.keys.filter { before[$0] != after[$0] }.sorted() == form.heads.flatMap { ["\($0)/bias", "\($0)/kernel"] })
    #expect(summary.frozenLayers > 0 && summary.frozenDigest != nil)
  }

  /// A checkpoint starts another run, with other classes too, and comes through every export.
  @Test(arguments: ModelForm.allCases) func checkpointsAreModels(_ form: ModelForm) throws {
    let folder = try TemporaryFolder()
    var run = try run(form, in: folder)
    let output = try TemporaryFolder()
    let checkpoint = try run.train(in: output, steps: 2)[0].checkpoint
    let wanted = try form.values(at: checkpoint)
    let model = try KerasModel(reading: checkpoint)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    for format in ExportFormat.allCases {
      let suffix = format == .weights ? "weights.h5" : format == .layerWeights ? "h5" : format.rawValue
      let path = "\(folder.path)/exported-\(format.rawValue).\(suffix)"
      try KerasModel.export(model.graph, weights, as: format, to: path)
      let read = Weights(weights.table)
      try KerasWeights(reading: path).load(into: read, of: model.graph)
      #expect(read.digest() == weights.digest(), "\(format)")
    }
    run.recipe.model = .file(checkpoint)
    run.recipe.finetune = FinetuneChoice(phases: [phase(2, freeze: ["backbone"])])
    run.recipe.finetune?.features = form.features
    let again = try TemporaryFolder()
    let values = try form.values(at: run.train(in: again, steps: 2)[0].checkpoint)
    #expect(
      values.keys.filter { values[$0] != wanted[$0] }.sorted() == form.heads.flatMap { ["\($0)/bias", "\($0)/kernel"] })
  }
}

extension ModelForm {
  /// All variables in a file, by path.
  fileprivate func values(at path: String) throws -> [String: [Float]] {
    let model = try KerasModel(reading: path)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    return Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, weights[$0].values) })
  }
}
