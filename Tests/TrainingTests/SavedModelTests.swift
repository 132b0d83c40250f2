import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Every model that Keras wrote and every network of `keras.applications` is trained, saved, verified and resumed.
/// Tests/Fixtures/keras/check_checkpoints.py loads the same checkpoints into Keras.
@Suite(.serialized) struct SavedModelTests {
  @Test(arguments: KerasModelFiles.own) func modelsOfKeras(_ file: String) throws { try SavedModelTrial.check(file) }

  @Test(
    .enabled(if: !KerasModelFiles.shared.isEmpty, "../shared/keras/fixtures is absent"),
    arguments: KerasModelFiles.shared)
  func sharedModelsOfKeras(_ file: String) throws { try SavedModelTrial.check(file) }

  private static let networks = Models.names.filter { $0.hasPrefix("keras:") }
  /// More than this many parameters take too long to be trained here: they are only written and read.
  private static let mostTrained = 12_000_000

  @Test(arguments: networks) func networksOfKeras(_ name: String) throws {
    let (graph, input) = try #require(
      [32, 64, 71, 75, 96, 128, 224].lazy.compactMap { size -> (Graph, Shape)? in
        let input: Shape = [size, size, 3]
        return (try? Models.make(name, input: input, classes: TrainableModel.classes)).map { ($0, input) }
      }.first)
    let folder = try TemporaryFolder()
    var trial = SavedModelTrial(name, .named(name))
    // Of a single image of this size, deep networks would normalise single numbers.
    trial.run.recipe.batch = 8
    try trial.writeData(shape: input, in: folder)
    if graph.parameterCount <= SavedModelTests.mostTrained { try trial.check() } else { try trial.checkWriting(graph) }
  }
}
