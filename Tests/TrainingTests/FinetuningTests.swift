import Keras
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Phases of a fine-tuning: what is frozen stays, and neither ranks nor interruptions change what is trained.
@Suite(.serialized) struct FinetuningTests {
  private func phase(_ steps: Int, freeze: [String] = [], unfreeze: [String] = [], rate: Double = 0.02) -> PhaseChoice {
    var phase = PhaseChoice()
    (phase.steps, phase.freeze, phase.unfreeze, phase.rate) = (steps, freeze, unfreeze, rate)
    return phase
  }

  /// A ResNet with batch norm: the head alone, then its last stage too, then all.
  private func run() -> TrainingRun {
    var run = TrainingRun()
    run.recipe.optimizer.name = .adam
    run.recipe.optimizer.momentum = 0
    run.recipe.finetune = FinetuneChoice(phases: [
      phase(3, freeze: ["backbone"]), phase(4, unfreeze: ["stage 3"], rate: 0.002),
      phase(3, unfreeze: ["all"], rate: 0.001),
    ])
    return run
  }

  @Test func ranksAndInterruptionsAcrossPhasesChangeNothing() throws {
    var run = run()
    let whole = try run.digest(steps: 10)
    for (ranks, threads) in [(2, 1), (3, 2)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 10) == whole, "\(ranks) ranks of \(threads) threads")
    }
    // In the middle of the second phase, just before the third, and at its first step.
    for stops in [[5], [7], [3, 8]] {
      let folder = try TemporaryFolder()
      var ranks = 1
      for stop in stops {
        run.ranks = ranks
        _ = try run.train(in: folder, steps: stop, resume: ranks > 1)
        ranks += 1
      }
      (run.ranks, run.threads) = (ranks, 1)
      let summary = try run.train(in: folder, steps: 10, resume: true)[0]
      #expect(summary.weightsDigest == whole, "interrupted after \(stops)")
    }
  }

  @Test func theFrozenSetKeepsItsDigest() throws {
    var run = run()
    run.recipe.finetune!.phases = [phase(24, freeze: ["backbone"], rate: 0.1)]
    run.recipe.checkpoint.every = .steps(8)
    var digests: Set<String?> = []
    for ranks in 1...3 {
      run.ranks = ranks
      let folder = try TemporaryFolder()
      let summary = try run.train(in: folder, steps: 24)[0]
      digests.insert(summary.frozenDigest)
      #expect(summary.frozenLayers == 18)
      let frozen = try Checkpoint.header(of: folder.path + "/last.h5").frozen
      #expect(frozen?.sha256 == summary.frozenDigest && frozen?.layers.contains("dense") == false)
    }
    #expect(digests.count == 1 && digests.first != .some(nil))
  }

  /// A callback that writes where nobody may.
  private struct Meddler: Callback {
    let trainer: Box<Trainer>
    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .step = event, report.state.step == 2 { trainer.value!.weights.states[3] += 1 }
      return .goOn
    }
  }

  @Test func frozenLayersThatMoveEndTheRun() throws {
    let trainer = Box<Trainer>()
    let folder = try TemporaryFolder()
    #expect {
      try run().train(
        in: folder, steps: 10, callbacks: { _ in [Meddler(trainer: trainer)] }, began: { trainer.value = $0 })
    } throws: {
      "\($0)".contains("after step 3 the 18 frozen layers do not have the SHA-256 that they began with")
    }
  }

  /// The weights and statistics of a run by layer, after its last step.
  private func trained(_ run: TrainingRun, steps: Int) throws -> [String: [Float]] {
    let folder = try TemporaryFolder()
    let trainer = Box<Trainer>()
    _ = try run.train(in: folder, steps: steps, began: { trainer.value = $0 })
    let weights = try #require(trainer.value).weights
    return Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, weights[$0].values) })
  }

  @Test func phasesTrainWhatTheySay() throws {
    let (first, second, third) = (
      try trained(run(), steps: 3), try trained(run(), steps: 7), try trained(run(), steps: 10)
    )
    let start = try trained(run(), steps: 1)
    let moved = first.keys.filter { first[$0] != second[$0] }
    #expect(first.keys.filter { first[$0] != start[$0] }.sorted() == ["dense/bias", "dense/kernel"])
    #expect(moved.contains("conv2d_6/kernel") && !moved.contains("conv2d/kernel") && !moved.contains("conv2d_1/kernel"))
    // As at inference: scales are trained, moving statistics stay.
    #expect(second.keys.filter { second[$0] != third[$0] }.allSatisfy { !$0.contains("moving") })
    #expect(second["batch_normalization/gamma"] != third["batch_normalization/gamma"])
    var run = run()
    run.recipe.finetune!.batchNormalization = .training
    let batches = try trained(run, steps: 10)
    #expect(batches["batch_normalization/moving_mean"] != third["batch_normalization/moving_mean"])
    #expect(try trained(run, steps: 3)["batch_normalization/moving_mean"] == start["batch_normalization/moving_mean"])
  }

  /// Adam counts from the step at which a layer's training began: its first step is as long as the rate, as Keras has
  /// it after compiling anew; the head goes on with its moments.
  @Test func optimizersCountFromTheStartOfALayer() throws {
    let (before, after) = (try trained(run(), steps: 3), try trained(run(), steps: 4))
    let changes = zip(before["conv2d_6/kernel"]!, after["conv2d_6/kernel"]!).map { abs($0 - $1) }
    #expect(changes.max()! < 0.0021 && changes.filter { $0 > 0.0019 }.count > changes.count / 2)
    let head = zip(before["dense/kernel"]!, after["dense/kernel"]!).map { abs($0 - $1) }
    #expect(head.filter { $0 < 0.0019 }.count > head.count / 2)
  }

  @Test func ratesOfGroupsAndDepths() throws {
    var run = run()
    run.recipe.optimizer = OptimizerChoice()
    var only = phase(1, unfreeze: ["all"], rate: 0.5)
    run.recipe.finetune!.phases = [only]
    let plain = try trained(run, steps: 1)
    only.rates = ["head": 0.25, "conv2d*": 2, "conv2d_6": 0]
    run.recipe.finetune!.phases = [only]
    let grouped = try trained(run, steps: 1)
    only.rates = [:]
    only.layerDecay = 0.5
    run.recipe.finetune!.phases = [only]
    let decayed = try trained(run, steps: 1)
    let model = try run.recipe.makeModel(input: [28, 28, 1], classes: 10)
    let weights = Weights(ParameterTable(model.graph))
    try model.initialize(weights, seed: 0)
    let start = Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, weights[$0].values) })
    func ratio(_ path: String, _ other: [String: [Float]]) -> Float {
      let longest = plain[path]!.indices.max {
        abs(plain[path]![$0] - start[path]![$0]) < abs(plain[path]![$1] - start[path]![$1])
      }!
      return (other[path]![longest] - start[path]![longest]) / (plain[path]![longest] - start[path]![longest])
    }
    func isNear(_ value: Float, _ wanted: Float) -> Bool { abs(value - wanted) < 1e-3 * max(1, wanted) }
    #expect(isNear(ratio("dense/kernel", grouped), 0.25) && isNear(ratio("conv2d/kernel", grouped), 2))
    #expect(grouped["conv2d_6/kernel"] == start["conv2d_6/kernel"])
    #expect(
      isNear(ratio("dense/kernel", decayed), 1) && isNear(ratio("conv2d_7/kernel", decayed), 0.5)
        && isNear(ratio("conv2d_6/kernel", decayed), 0.25))
  }

  private func stages(_ phases: [PhaseChoice], model: String = "resnet8") throws -> TrainingStages {
    var recipe = run().recipe
    recipe.model = .named(model)
    recipe.finetune!.phases = phases
    let model = try recipe.makeModel(input: [32, 32, 3], classes: 10)
    return try TrainingStages(recipe, model, stepsPerEpoch: 10)
  }

  @Test(arguments: [
    (["all"], 32, "conv1"), (["fire9*", "conv10"], 4, "fire9_squeeze1x1"), (["last 3"], 3, "fire9_squeeze1x1"),
  ])
  func selectorsOfSqueezeNet(_ selectors: [String], _ count: Int, _ first: String) throws {
    var recipe = run().recipe
    recipe.model = .named("squeezenet")
    recipe.finetune!.phases = [phase(1, freeze: ["all"], unfreeze: selectors)]
    let model = try recipe.makeModel(input: [64, 64, 3], classes: 10)
    let graph = try TrainingStages(recipe, model, stepsPerEpoch: 1).all[0].graph
    let trained = graph.nodes.filter { node in node.signature.parameters.contains { $0.kind == .trainable } }.map(
      \.name)
    #expect(trained.count == min(count, 26) && trained[0] == first)
  }

  @Test(arguments: [
    ("backbone", 18, "conv2d"), ("head", 1, "dense"), ("stage 3", 6, "conv2d_6"), ("layers[-1]", 1, "dense"),
    ("layers[1:3]", 2, "conv2d"), ("layers[:3]", 2, "conv2d"), ("from conv2d_6", 7, "conv2d_6"),
    ("last 1", 1, "batch_normalization_8"),
    ("last 4 with parameters", 4, "conv2d_7"), ("*_6", 2, "conv2d_6"), ("conv2d_?", 8, "conv2d_1"),
  ])
  func selectors(_ selector: String, _ count: Int, _ first: String) throws {
    let graph = try stages([phase(1, freeze: ["all"], unfreeze: [selector])]).all[0].graph
    let trained = graph.nodes.filter { node in node.signature.parameters.contains { $0.kind == .trainable } }.map(
      \.name)
    #expect(trained.count == count && trained.contains(first), "\(trained)")
  }

  @Test func unfreezingGradually() throws {
    var gradual = phase(20, unfreeze: ["backbone"])
    gradual.gradually = PhaseChoice.Gradual(every: .steps(4), layers: 2)
    gradual.schedule = ScheduleChoice()
    gradual.schedule!.warmup = .steps(4)
    let stages = try stages([phase(5, freeze: ["backbone"]), gradual])
    let trained = stages.all.map { stage in
      stage.graph.nodes.filter { node in node.signature.parameters.contains { $0.kind == .trainable } }.map(\.name)
    }
    #expect(stages.all.map(\.steps) == [0..<5, 5..<9, 9..<13, 13..<17, 17..<25])
    #expect(trained.map(\.count) == trained.map(\.count).sorted() && trained[0] == ["dense"] && trained[4].count == 19)
    #expect(trained[1].contains("conv2d_6") && !trained[1].contains("conv2d"))
    // One warm-up for the whole phase, and layers count from the step at which they begin.
    #expect(stages.all[1].rate(at: 5) < stages.all[1].rate(at: 8))
    #expect(stages.all[2].rate(at: 9) == stages.all[4].rate(at: 24))
    #expect(stages.all[4].firstSteps["conv2d_6"] == 5 && stages.all[4].firstSteps["conv2d"] == 17)
    #expect(stages.all[4].firstSteps["dense"] == nil)
  }

  @Test(arguments: [
    ([("freeze", "blok*")], "'finetune.phases.0.freeze': 'blok*' matches no layer of"),
    ([("freeze", "layers[90:]")], "'layers[90:]' matches no layer"),
    ([("freeze", "from conv3d")], "'from conv3d' matches no layer"),
    ([("freeze", "re_lu*")], "matches only layers without weights"),
    (
      [("freeze", "all")],
      "in phase 1 every layer of the model 'resnet8' is frozen or has no parameters; let one be trained."
    ),
    ([("freeze", "backbone"), ("rate", "backbone")], "all that 'backbone' matches is frozen in this phase"),
    ([("freeze", "backbone"), ("unfreeze", "last 20")], "'last 20' asks for more than the 18 layers with weights"),
  ])
  func whatCannotBeSelectedIsRefused(_ keys: [(String, String)], _ sentence: String) throws {
    var phase = phase(1)
    for (key, selector) in keys {
      switch key {
      case "freeze": phase.freeze = [selector]
      case "unfreeze": phase.unfreeze = [selector]
      default: phase.rates = [selector: 2]
      }
    }
    let error = #expect(throws: TrainingError.self) { try stages([phase]) }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  @Test func impossiblePhasesAreRefused() throws {
    func problem(_ change: (inout PhaseChoice) -> Void) throws -> String {
      var recipe = run().recipe
      change(&recipe.finetune!.phases[1])
      return try #require(#expect(throws: RecipeError.self) { try recipe.validate() }).description
    }
    #expect(
      try problem { $0.steps = 0 }
        == "'finetune.phases.1.steps' is 0, so that nothing would be trained; give at least 1, or remove the phase.")
    #expect(try problem { ($0.steps, $0.epochs) = (nil, 0) }.contains("'finetune.phases.1.epochs' is 0"))
    #expect(try problem { $0.steps = nil }.contains("has no length"))
    #expect(try problem { $0.layerDecay = 1.5 }.contains("layerDecay"))
    #expect(try problem { ($0.unfreeze, $0.gradually) = ([], .init(every: .steps(1))) }.contains("nothing to unfreeze"))
    #expect(
      try problem {
        $0.schedule = ScheduleChoice()
        $0.schedule!.warmup = .steps(9)
      }.contains("longer than 'finetune.phases.1'"))
  }

  /// The best epoch may lie in a phase in which other layers were frozen.
  @Test func theBestWeightsOfAnEarlierPhaseAreRestored() throws {
    var run = TrainingRun(model: "lenet5")
    run.recipe.data.validation = TrainingRun.digits + ":/test"
    (run.recipe.batch, run.recipe.augmentation, run.recipe.optimizer.momentum) = (400, [], 0)
    run.recipe.earlyStopping = EarlyStoppingChoice(patience: 1)
    run.recipe.finetune = FinetuneChoice(phases: [
      phase(20, freeze: ["conv2d"], rate: 0.1), phase(20, unfreeze: ["all"], rate: 30),
    ])
    let best = try trained(run, steps: 20)
    #expect(try trained(run, steps: 40) == best)
  }

  /// What a Keras file freezes stays frozen until a phase says otherwise.
  @Test func flagsOfKerasFilesAreHonoured() throws {
    let folder = try TemporaryFolder()
    let graph = try Models.make("resnet8", input: [28, 28, 1], classes: 10).freezing(["conv2d", "batch_normalization"])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 4)
    try KerasModel.export(graph, weights, as: .h5, to: folder.path + "/model.h5")
    var run = run()
    run.recipe.model = .file(folder.path + "/model.h5")
    run.recipe.finetune!.phases = [phase(2), phase(2, unfreeze: ["conv2d"])]
    let (first, second) = (try trained(run, steps: 2), try trained(run, steps: 4))
    let entry = try #require(weights.table.entries.first { $0.path == "conv2d/kernel" })
    #expect(first["conv2d/kernel"] == weights[entry].values && second["conv2d/kernel"] != weights[entry].values)
    #expect(first["batch_normalization/gamma"] == second["batch_normalization/gamma"])
  }
}
