import Communication
import Datasets
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// A run does what is said about it before it begins.
@Suite(.serialized) struct RunPlanTests {
  /// A backbone with normalisation and dropout below a head: the head alone, then everything.
  private func run(_ cache: FeatureCacheChoice = .automatic) -> TrainingRun {
    var run = TrainingRun()
    run.recipe.model = .layers(
      [
        .init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3, "strides": 2]),
        .init(className: "BatchNormalization"), .init(className: "ReLU"),
        .init(className: "Dropout", values: ["rate": 0.3]),
        .init(className: "Conv2D", values: ["filters": 6, "kernel_size": 3, "activation": "relu"]),
        .init(className: "BatchNormalization"), .init(className: "GlobalAveragePooling2D"),
        .init(className: "Dense", values: ["units": 10]),
      ], input: [28, 28, 1])
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.split = SplitChoice(validation: Share(0.2), test: Share(0.1))
    run.recipe.augmentation = []
    var (head, all) = (PhaseChoice(), PhaseChoice())
    (head.freeze, head.steps, head.rate) = (["backbone"], 30, 0.05)
    (all.unfreeze, all.steps, all.rate) = (["all"], 2, 0.01)
    run.recipe.finetune = FinetuneChoice(phases: [head, all])
    run.recipe.featureCache = cache
    return run
  }

  private struct Listener: Callback {
    let sentences = Box<[String]>()
    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let sentence) = event { sentences.value = (sentences.value ?? []) + [sentence] }
      return .goOn
    }
  }

  @Test(arguments: [FeatureCacheChoice.automatic, .never]) func phasesAreThoseOfTheRun(_ cache: FeatureCacheChoice)
    throws
  {
    let run = run(cache)
    let plan = try RunPlan(run.recipe, run.recipe.makeModel(input: [28, 28, 1], classes: 10))
    let heard = Listener()
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 32, callbacks: { _ in [heard] })
    let said = (heard.sentences.value ?? []).filter { $0.hasPrefix("phase ") && $0.contains("are trained") }
    #expect(plan.stages.map { plan.sentence($0) } == said && said.count == 2)
    #expect(
      said[0].hasPrefix(
        "phase 1 of 2, steps 1 to 30: 1 of 5 layers with weights are trained, 70 of 372 parameters, rate 0.05 at "
          + "first; a step takes "
      ))
    let memory = try plan.memory(ranks: 1, threads: 1, isLaunched: false)
    #expect(memory.map { $0.parts.contains { $0.name == "features" } } == [cache == .automatic, false])
    // Before the data is there, nothing is known of epochs.
    let early = try RunPlan(run.recipe, run.recipe.makeModel(input: [28, 28, 1], classes: 10), hasData: false)
    #expect(
      early.sentence(early.stages[0])?.hasPrefix("phase 1 of 2: 1 of 5 layers with weights are trained") == true)
  }

  @Test func featuresTakeTheMemoryThatIsPlanned() throws {
    let run = run()
    let plan = try RunPlan(run.recipe, run.recipe.makeModel(input: [28, 28, 1], classes: 10))
    let trainer = Box<Trainer>()
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 30, began: { trainer.value = $0 })
    // Test data is looked at when the whole run is over.
    let kept = try #require(trainer.value).featureBytes
    let planned = try plan.memory(ranks: 1, threads: 1, isLaunched: false)[0].parts.first { $0.name == "features" }?
      .bytes
    #expect(kept.train == 700 * 6 * 4 && kept.validation == 200 * 6 * 4)
    #expect(planned == kept.train + kept.validation + 100 * 6 * 4)
    var inFile = run
    inFile.recipe.featureCache = .file
    let other = try RunPlan(inFile.recipe, inFile.recipe.makeModel(input: [28, 28, 1], classes: 10))
    #expect(try !other.memory(ranks: 1, threads: 1, isLaunched: false)[0].parts.contains { $0.name == "features" })
  }

  /// A rank that a launcher starts by itself has MPI all the same.
  @Test func messagePassingIsCounted() throws {
    let run = TrainingRun()
    let plan = try RunPlan(run.recipe, run.recipe.makeModel(input: [28, 28, 1], classes: 10))
    let (alone, launched) = (
      try plan.memory(ranks: 1, threads: 1, isLaunched: false)[0],
      try plan.memory(ranks: 1, threads: 1, isLaunched: true)[0]
    )
    #expect(launched.bytes - alone.bytes == 10 << 20)
  }

  /// A frozen backbone does in a training step, bit by bit, what it does at inference: statistics and dropout included.
  @Test func frozenBackbonesRunAsAtInference() throws {
    let recipe = run().recipe
    let model = try recipe.makeModel(input: [28, 28, 1], classes: 10)
    let stage = try TrainingStages(recipe, model, stepsPerEpoch: 10).all[0]
    let weights = Weights(ParameterTable(stage.graph))
    weights.initialize(seed: 3)
    var stream = RandomStream(seed: 2, purpose: .synthesis)
    for index in 0..<weights.states.count { weights.states[index] += stream.uniform() }
    func features(_ graph: Graph, _ mode: Mode) throws -> [Float] {
      let own = Weights(ParameterTable(graph))
      for (entry, same) in zip(own.table.entries, weights.table.entries) { own[entry].copy(from: weights[same]) }
      var planner = Planner()
      planner.keeping = ["global_average_pooling2d", "batch_normalization_1"]
      let network = Network(try planner.plan(graph, lanes: 16, mode: mode), weights: own)
      network.shard.live = 16
      network.prepare()
      network.beginInputs()
      for lane in 0..<16 {
        network.inputs[0].setSample(lane, (0..<784).map { Float(($0 * 7 + lane * 31) % 97) / 97 }[...])
      }
      network.forward()
      return planner.keeping.sorted().flatMap { name in (0..<16).flatMap { network.kept[name]!.sample($0) } }
    }
    let inference = try features(stage.graph, .inference)
    #expect(try features(stage.trainedGraph, .training).map(\.bitPattern) == inference.map(\.bitPattern))
    #expect(Set(inference).count > 100)
    // Unless it is trained: then dropout and statistics of the batch are others.
    #expect(try features(model.graph, .training) != inference)
  }
}
