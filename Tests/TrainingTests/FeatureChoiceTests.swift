import Foundation
import Keras
import Networks
import Tasks
import Tensors
import TestSupport
import Testing
import Training

/// Where Convoy cuts a network off for a new head, over every way to build one from a base: what it chooses it must
/// take.
@Suite struct FeatureChoiceTests {
  private static let models: [String: JSONValue] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/keras/heads/models.json").path()
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    return text.flatMap { try? JSONValue(parsing: $0, called: "models.json").asObject } ?? [:]
  }()
  static let names = models.keys.sorted()

  @Test(arguments: names) func basesInsideTheModel(_ name: String) throws {
    let entry = try #require(FeatureChoiceTests.models[name])
    let graph = try Graph(kerasModel: entry["model"], kerasVersion: try #require(entry["version"].asInteger))
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.h5"
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    try KerasModel.export(graph, weights, as: .h5, to: path)
    var recipe = TrainingRun().recipe
    recipe.model = .file(path)
    var phase = PhaseChoice()
    (phase.freeze, phase.steps) = (["backbone"], 1)
    recipe.finetune = FinetuneChoice(phases: [phase])
    (recipe.finetune!.from, recipe.finetune!.head) = (path, HeadChoice())
    let model = try recipe.makeModel(input: [16, 16, 3], classes: 5)
    #expect(model.graph.outputShapes == [[5]])
    let new = Weights(ParameterTable(model.graph))
    try model.initialize(new, seed: 4)
    // Of both convolutions every number is there again.
    func convolutions(_ weights: Weights) -> [[Float]] {
      weights.table.entries.filter { $0.parameter.shape.count == 4 }.map { weights[$0].values }
    }
    #expect(convolutions(new) == convolutions(weights) && convolutions(new).count == 2)
    #expect(new.table.entries.contains { $0.layer == "predictions" })
    // What comes out is a model that Keras can have.
    let copy = folder.path + "/new.h5"
    try KerasModel.export(model.graph, new, as: .h5, to: copy)
    #expect(try KerasModel(reading: copy).graph.difference(from: model.graph) == nil)
    #expect(!model.graph.nodes.contains { $0.owner.contains("/") && $0.role.scope == nil })
  }

  /// Every network that has a name, with its head.
  @Test(arguments: Models.names) func networksByName(_ name: String) throws {
    let graph = try Models.make(name, input: Models.usualInput(of: name), classes: Models.usualClasses(of: name))
    let features = try #require(graph.features)
    let cut = try graph.replacing(after: features, with: [(Flatten(), "f"), (Dense(3), "predictions")])
    #expect(cut.outputShapes == [[3]])
    #expect(graph.shape(features).rank == 3, "\(graph.nodes[features.node].name)")
  }
}
