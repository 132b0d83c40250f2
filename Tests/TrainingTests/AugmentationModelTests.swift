import Datasets
import Keras
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// A model of Keras's that begins with its augmentation layers (Tests/Fixtures/keras/write_augmentations.py) trains.
@Suite(.serialized) struct AugmentationModelTests {
  static let file = "Tests/Fixtures/keras/augmentations/head.keras"

  @Test func hasAllOfThem() throws {
    let names = Set(try KerasModelFiles.model(Self.file).graph.nodes.map { $0.layer.kerasName })
    // Keras cannot build a model with Equalization behind another layer; RandomCrop of Keras 3 is refused in training.
    let missing = TransformRegistry.all.map { $0.kerasName }.filter { name in
      !names.contains(name) && LayerRegistry.isPreprocessing(name)
    }
    #expect(Set(missing).subtracting(["Equalization", "RandomCrop"]).isEmpty, "\(missing)")
  }

  /// A step, a checkpoint, whoever reads it, and a resume that changes no bit.
  @Test func isTrainedSavedAndResumed() throws { try SavedModelTrial.check(Self.file) }

  @Test func ranksAndThreadsDoNotChangeTheWeights() throws {
    let folder = try TemporaryFolder()
    var trial = SavedModelTrial("augmentations", .file(KerasModelFiles.path(Self.file)))
    try trial.writeData(shape: [16, 20, 3], in: folder)
    (trial.run.recipe.batch, trial.run.recipe.shards) = (8, 4)
    let expected = try trial.run.digest(steps: 2)
    for (ranks, threads) in [(2, 1), (1, 2), (4, 1)] {
      (trial.run.ranks, trial.run.threads) = (ranks, threads)
      #expect(try trial.run.digest(steps: 2) == expected, "\(ranks) ranks of \(threads) threads")
    }
    trial.run.recipe.seed = 9
    #expect(try trial.run.digest(steps: 2) != expected)
  }
}
