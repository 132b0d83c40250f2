import Communication
import Datasets
import Foundation
import HDF5
import Keras
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Label smoothing, class weights and averages of the weights: Keras's losses and weights, on any number of ranks and
/// threads.
@Suite(.serialized) struct ObjectiveTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/keras/objectives").path()

  /// Three steps of the whole data set, as Keras made them.
  static func run(_ change: (inout Recipe) -> Void) -> TrainingRun {
    var run = TrainingRun()
    run.recipe = Recipe(
      model: .file(fixtures + "/model.h5"), data: DataChoice(train: fixtures + "/data.h5", test: fixtures + "/data.h5"))
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (15, 1, 3)
    (run.recipe.optimizer.rate, run.recipe.optimizer.momentum) = (0.1, 0.9)
    change(&run.recipe)
    return run
  }

  static func golden(_ path: String) throws -> [Float] {
    try File(reading: fixtures + "/golden.h5").root.dataset(path).read()
  }

  private static let given = ClassWeightsChoice.given(["0": 0.5, "1": 2, "2": 3])

  @Test(arguments: [
    ("smoothing", 0.1, ClassWeightsChoice.equal), ("weights", 0, given), ("balanced", 0, .balanced),
    ("average", 0.2, given),
  ])
  func lossesAndWeightsAreThoseOfKeras(_ name: String, _ smoothing: Double, _ weights: ClassWeightsChoice) throws {
    let run = ObjectiveTests.run { recipe in
      (recipe.labelSmoothing, recipe.classWeights) = (smoothing, weights)
      // At the end of a training Keras puts the average in the place of the weights.
      if name == "average" { recipe.average = AverageChoice(decay: 0.75) }
    }
    let folder = try TemporaryFolder()
    let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator())
    var callbacks: [any Callback] = []
    let summary = try trainer.train(callbacks: &callbacks)
    let losses = summary.state.history.map { Float($0.training.loss) }
    for (own, wanted) in zip(losses, try ObjectiveTests.golden("\(name)/losses")) { #expect(abs(own - wanted) < 1e-5) }
    let model = try KerasModel(reading: summary.checkpoint)
    let loaded = Weights(ParameterTable(model.graph))
    try model.load(into: loaded)
    let values = loaded.table.entries.flatMap { loaded[$0].values }
    #expect(loaded.digest() == summary.weightsDigest)
    let wanted = try ObjectiveTests.golden("\(name)/weights")
    #expect(values.count == wanted.count)
    #expect(zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
    // Evaluation smooths labels too, but weighs all samples the same.
    let evaluation = Float(try #require(summary.test).loss)
    #expect(abs(evaluation - (try ObjectiveTests.golden("\(name)/evaluation"))[0]) < 1e-5)
  }

  @Test func theSameBitsOnAnyRanksAndThreads() throws {
    var run = TrainingRun(model: "lenet5")
    run.recipe.labelSmoothing = 0.1
    let plain = try run.digest(steps: 4)
    run.recipe.classWeights = .given(["3": 4, "7": 0])
    let one = try run.digest(steps: 4)
    #expect(one != plain)
    (run.ranks, run.threads) = (3, 2)
    #expect(try run.digest(steps: 4) == one)
  }

  @Test func aClassThatIsNotThere() throws {
    let run = ObjectiveTests.run { $0.classWeights = .given(["cats": 2]) }
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: folder, steps: 1) }
    #expect(
      error?.description
        == "'classWeights': \(ObjectiveTests.fixtures)/data.h5:/ has no class 'cats'; known are 0 to 2.")
  }
}
