import Datasets
import Foundation
import Keras
import Kernels
import Networks
import Tasks
import Tensors
import TestSupport
import Testing
import Training

/// Networks that a program builds, as models of recipes.
@Suite(.serialized) struct GraphModelTests {
  private static func graph() throws -> Graph {
    let image = Symbol.input([28, 28, 1], name: "image")
    let first = Conv2D(4, kernel: 3, strides: 2, padding: .same, activation: .relu)(image)
    let normalized = BatchNormalization()(Conv2D(4, kernel: 3, padding: .same)(first), name: "normal")
    let joined = ReLU()(Add()(first, normalized))
    return try Graph(
      "joined", inputs: [image], outputs: [Dense(10, activation: .softmax)(GlobalAveragePooling2D()(joined))])
  }

  /// The same bits on any number of ranks, with a stop and a resume, and from a recipe that was written and read.
  @Test func theSameHoweverItIsRun() throws {
    var run = TrainingRun()
    run.recipe.model = .graph(try GraphModelTests.graph())
    let first = try TemporaryFolder()
    let whole = try run.train(in: first, steps: 5)[0]
    let model = try KerasModel(reading: whole.checkpoint)
    #expect(model.graph.kerasModel == (try GraphModelTests.graph()).kerasModel)
    run.recipe = try JSONDecoder().decode(Recipe.self, from: try JSONEncoder().encode(run.recipe))
    run.ranks = 3
    let second = try TemporaryFolder()
    _ = try run.train(in: second, steps: 2)
    run.ranks = 2
    let resumed = try run.train(in: second, steps: 5, resume: true)[0]
    #expect(resumed.weightsDigest == whole.weightsDigest)
  }

  @Test func anArchitectureThatIsNone() throws {
    var recipe = Recipe(model: .architecture(["class_name": "Functional"]), data: DataChoice(train: "none"))
    let error = #expect(throws: RecipeError.self) { try recipe.validate() }
    #expect(error?.description.contains("model.architecture") == true, "\(error!)")
    recipe.model = .graph(try GraphModelTests.graph())
    try recipe.validate()
  }

  /// A model of a program predicts and says the same as its file.
  @Test func predictsAsItsFile() throws {
    let folder = try TemporaryFolder()
    let graph = try GraphModelTests.graph()
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 5)
    let notes = ModelNotes(classNames: (0..<10).map { "digit \($0)" }, preprocessing: Preprocessing(scale: 1 / 255))
    let path = "\(folder.path)/m.keras"
    try KerasModel.export(graph, weights, as: .keras, notes: notes.text, to: path)
    let image = "\(folder.path)/a.png"
    let bytes = try PNGEncoder.encode((0..<784).map { UInt8($0 % 251) }, height: 28, width: 28)
    try Data(bytes).write(to: URL(filePath: image))
    func text(_ model: LoadedModel) throws -> [String] {
      var lines: [String] = []
      try Predictor(model, files: [image]).run(top: 3) { lines.append("\($0) \($1.text)") }
      return lines
    }
    let own = try text(LoadedModel(graph, weights: weights, notes: notes))
    #expect(own == (try text(LoadedModel(path))) && own[0].contains("digit "), "\(own)")
    try Predictor(LoadedModel(path), files: []).run { file, _ in Issue.record("there is no \(file)") }
    let error = #expect(throws: TrainingError.self) { try text(LoadedModel(graph, weights: weights)) }
    #expect(
      error?.description.hasPrefix("the network 'joined' does not say how its images were prepared;") == true,
      "\(error!)")
  }
}
