import Datasets
import Foundation
import Keras
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Layers that take their state from the training data: the same bytes on any ranks and threads, and after a resume.
@Suite(.serialized) struct AdaptationTests {
  /// A table with texts, keys of 64 bits and numbers.
  private func write(to folder: borrowing TemporaryFolder, count: Int, first: Int = 0) throws {
    var lines = ["word,text,code,age,label"]
    for index in first..<first + count {
      let kind = index * 7 % 3
      lines.append(
        "\(["red", "green", "blau ü"][kind]),\"It is \(index % 4 == 0 ? "NOT" : "so"), "
          + "a \(["cat", "dog", "sea"][kind])!\","
          + "\(9_007_199_254_740_993 + index * 5 % 4),\(Double(index * 37 % 101) / 8 - 3),\(kind)")
    }
    try lines.joined(separator: "\n").write(toFile: "\(folder.path)/data.csv", atomically: true, encoding: .utf8)
  }

  /// Written as Keras writes a functional model.
  private static let architecture: JSONValue = {
    func input(_ name: String, _ type: String, _ shape: JSONValue = [.null, 1]) -> JSONValue {
      .object([
        "class_name": "InputLayer", "name": .string(name), "inbound_nodes": [],
        "config": .object(["name": .string(name), "batch_input_shape": shape, "dtype": .string(type)]),
      ])
    }
    func layer(
      _ className: String, _ name: String, _ inputs: [String], _ values: [String: JSONValue] = [:]
    ) -> JSONValue {
      let references = inputs.map { JSONValue.array([.string($0), 0, 0, .object([:])]) }
      return .object([
        "class_name": .string(className), "name": .string(name), "inbound_nodes": [.array(references)],
        "config": .object(values.merging(["name": .string(name)]) { $1 }),
      ])
    }
    let layers = [
      input("word", "string"), input("text", "string", [.null]), input("code", "int64"), input("age", "float32"),
      layer("StringLookup", "words", ["word"], ["output_mode": "one_hot"]),
      layer("TextVectorization", "vectors", ["text"], ["output_mode": "tf_idf", "ngrams": 2]),
      layer("IntegerLookup", "codes", ["code"], ["output_mode": "multi_hot"]),
      layer("HashedCrossing", "cross", ["word", "code"], ["num_bins": 5, "output_mode": "one_hot"]),
      layer("Normalization", "scaled", ["age"]),
      layer("Discretization", "bins", ["scaled"], ["num_bins": 4, "output_mode": "one_hot"]),
      layer("Concatenate", "joined", ["words", "vectors", "codes", "cross", "scaled", "bins"]),
      layer("Dense", "out", ["joined"], ["units": 3, "activation": "softmax"]),
    ]
    let model: [String: JSONValue] = [
      "name": "mixed", "layers": .array(layers), "output_layers": [["out", 0, 0]],
      "input_layers": [["word", 0, 0], ["text", 0, 0], ["code", 0, 0], ["age", 0, 0]],
    ]
    return .object(["class_name": "Functional", "config": .object(model)])
  }()

  private func run(_ folder: borrowing TemporaryFolder, model: ModelChoice = .architecture(architecture)) -> TrainingRun
  {
    var run = TrainingRun()
    run.recipe = Recipe(model: model, data: DataChoice(train: "\(folder.path)/data.csv"))
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (32, 4, 3)
    run.recipe.optimizer.rate = 0.1
    return run
  }

  @Test func statesAreTheSameOnAnyRanks() throws {
    let data = try TemporaryFolder()
    try write(to: data, count: 90)
    var run = run(data)
    run.recipe.adapt = ["scaled"]
    var digests: [String] = []
    var models: [String] = []
    for (ranks, threads) in [(1, 1), (1, 3), (2, 1), (3, 2), (4, 1)] {
      let folder = try TemporaryFolder()
      (run.ranks, run.threads) = (ranks, threads)
      digests.append(try run.train(in: folder, steps: 7)[0].weightsDigest)
      models.append(try KerasModel(reading: "\(folder.path)/last.h5").graph.kerasModel(.keras3).text)
    }
    #expect(Set(digests).count == 1 && Set(models).count == 1)
    let graph = try Graph(kerasModel: JSONDecoder().decode(JSONValue.self, from: Data(models[0].utf8)))
    #expect(graph.layersToAdapt().isEmpty && graph.outputShapes == [[3]])
    // Each kind is there thirty times; equally frequent keys come backwards.
    #expect(models[0].contains("[\"red\",\"green\",\"blau ü\"]"), "\(models[0])")
    #expect(models[0].contains("9007199254740994"))
  }

  @Test func aRunGoesOnWithWhatItWasAdaptedTo() throws {
    let data = try TemporaryFolder()
    try write(to: data, count: 90)
    var run = run(data)
    run.recipe.adapt = ["scaled"]
    let whole = try run.digest(steps: 9)
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 4)
    run.ranks = 2
    #expect(try run.train(in: folder, steps: 9, resume: true)[0].weightsDigest == whole)
    // Other data would give another vocabulary, which the weights are not for.
    try write(to: data, count: 60, first: 1)
    let summary = try run.train(in: folder, steps: 12, resume: true, dataChanged: true)
    #expect(summary[0].state.step == 9 || summary[0].state.step > 4)
  }

  @Test func textsAloneAreClassified() throws {
    let data = try TemporaryFolder()
    try write(to: data, count: 90)
    let layers: [ModelChoice.LayerChoice] = [
      .init(className: "TextVectorization", values: ["output_sequence_length": 6, "max_tokens": 50]),
      .init(className: "Embedding", values: ["input_dim": 50, "output_dim": 4]),
      .init(className: "GlobalAveragePooling1D"),
      .init(className: "Dense", values: ["units": 3, "activation": "softmax"]),
    ]
    var run = run(data, model: .layers(layers, input: []))
    run.recipe.epochs = 30
    run.recipe.optimizer.rate = 0.5
    let text = String(decoding: try JSONEncoder().encode(run.recipe.model), as: UTF8.self)
    #expect(text.contains("\"input\":\"text\""))
    #expect(try JSONDecoder().decode(ModelChoice.self, from: Data(text.utf8)) == run.recipe.model)
    let folder = try TemporaryFolder()
    let summary = try run.train(in: folder, steps: 90)[0]
    #expect(summary.state.history.last!.training.loss < 0.6)
  }

  /// Rows that SMOTE adds are data as others are: adapted to, counted, and the same on any ranks.
  @Test func furtherRowsAreTheSameOnAnyRanks() throws {
    let data = try TemporaryFolder()
    let lines = (0..<60).map { "\(Double($0 * 37 % 101) / 8),\($0 % 7),\($0 % 10 == 0 ? "rare" : "common")" }
    try (["a,b,label"] + lines).joined(separator: "\n").write(
      toFile: "\(data.path)/data.csv", atomically: true, encoding: .utf8)
    var run = run(
      data,
      model: .layers([.init(className: "Normalization"), .init(className: "Dense", values: ["units": 2])], input: [2]))
    run.recipe.data.columns = ["row": ColumnChoice(.numbers, from: ["a", "b"])]
    run.recipe.inputs = ["input_layer": "row"]
    run.recipe.adapt = ["normalization"]
    run.recipe.data.sampling = .smote(neighbours: 4)
    let digest = try run.digest(steps: 6)
    let folder = try TemporaryFolder()
    run.ranks = 3
    _ = try run.train(in: folder, steps: 4)
    run.ranks = 2
    let summary = try run.train(in: folder, steps: 6, resume: true)[0]
    #expect(summary.weightsDigest == digest)
    #expect(summary.state.history[0].training.samples == 108)
  }

  @Test func mistakesAreNamed() throws {
    let data = try TemporaryFolder()
    try write(to: data, count: 90)
    func error(_ change: (inout Recipe) -> Void) throws -> String {
      var run = run(data)
      change(&run.recipe)
      let folder = try TemporaryFolder()
      return "\(try #require(throws: TrainingError.self) { try run.train(in: folder, steps: 1) })"
    }
    #expect(try error { $0.adapt = ["scalled"] }.contains("did you mean 'scaled'?"))
    #expect(try error { $0.inputs = ["word": "age"] }.isEmpty == false)
    try "word,text,code,age,label\nred,a,1.5,2,0\nred,b,2,3,1".write(
      toFile: "\(data.path)/data.csv", atomically: true, encoding: .utf8)
    #expect(try error { _ in }.contains("'code' is '1.5', which is no whole number"))
  }
}
