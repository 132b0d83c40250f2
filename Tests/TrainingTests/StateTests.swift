import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Of every layer that has states: what its signature says of who moves its variables is what happens.
@Suite(.serialized) struct StateTests {
  /// A layer that nobody knows how to make would be tested nowhere: give its arguments in `LayerSamples`.
  @Test func everyLayerIsKnown() {
    // They have no input, or their arguments are those of an operation.
    #expect(LayerSamples.unknown.filter { !["InputLayer", "Operation"].contains($0) } == [])
    let found = Set(LayerSamples.withStates.map(\.className))
    #expect(found.isSuperset(of: ["BatchNormalization", "SpectralNormalization", "Normalization"]))
  }

  @Test(arguments: LayerSamples.withStates, [false, true])
  func variablesAreMovedByWhomTheLayerSays(_ sample: LayerSamples.Sample, _ isFrozen: Bool) throws {
    let folder = try TemporaryFolder()
    var trial = SavedModelTrial(
      "states",
      .layers(
        [
          .init(className: sample.className, values: sample.values.merging(["name": "tested"]) { $1 }),
          .init(className: "Flatten"), .init(className: "Dense", values: ["units": 3]),
        ], input: sample.input.dimensions))
    try trial.writeData(shape: sample.input, in: folder)
    if isFrozen {
      var phase = PhaseChoice()
      (phase.steps, phase.freeze) = (3, ["tested"])
      trial.run.recipe.finetune = FinetuneChoice(phases: [phase])
    }
    // Trained, saved, resumed.
    try trial.check()

    let trainer = Box<Trainer>()
    let before = Box<[[Float]]>()
    let output = try TemporaryFolder()
    let summary = try trial.run.train(
      in: output, steps: 3,
      began: { began in
        trainer.value = began
        before.value = began.weights.table.entries.map { began.weights[$0].values }
      })[0]
    let weights = try #require(trainer.value).weights
    var nobody: Set<String> = []
    for (entry, values) in zip(weights.table.entries, try #require(before.value)) {
      let hasMoved = weights[entry].values != values
      switch entry.parameter.kind {
      case .trainable: #expect(!entry.parameter.isState)
      case .moved: #expect(hasMoved, "\(entry.path) was not moved by its layer")
      case .frozen:
        #expect(!hasMoved, "\(entry.path) was moved")
        nobody.insert(entry.layer)
      }
      #expect(entry.layer != "tested" || !isFrozen || entry.parameter.kind != .trainable)
    }
    #expect(summary.frozenLayers == nobody.count)
  }
}
