import Datasets
import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tasks
import Tensors
import TestSupport
import Testing
import Training

/// Losses and metrics that files were compiled with, by both versions of Keras, as the default of a run: all of them.
@Suite struct CompiledLossTests {
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let version: String
    let format: String
    let config: JSONValue
    let outputs: [JSONValue]

    var testDescription: String { "\(version) \(format) \(config["loss"].brief) \(config["metrics"].brief)" }
  }

  private static let cases: [Case] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/keras/compiled.json")
    return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: path))) ?? []
  }()

  private static let names = ["a", "b"]

  /// A model of a file that was compiled so.
  private static func write(_ config: JSONValue, outputs: Int, to path: String) throws {
    var graph = Graph(name: "m")
    let input = try graph.append(Input([4]), named: "input", inputs: [])
    graph.setInputs([input])
    graph.setOutputs(
      try names.prefix(outputs).map {
        try graph.append(Dense(3, activation: .softmax), named: $0, inputs: [input])
      })
    let weights = Weights(ParameterTable(graph))
    try File.replace(path) { file in
      try KerasModel.write(graph, weights, to: file)
      try file.root.attributes.set("training_config", config.text)
    }
  }

  private func recipe(_ trial: Case, _ path: String) throws -> Recipe {
    try CompiledLossTests.write(trial.config, outputs: trial.outputs.count, to: path)
    var recipe = Recipe(model: .file(path), data: DataChoice(train: "none"))
    if trial.outputs.count > 1 {
      for name in CompiledLossTests.names {
        recipe.outputs[name] = OutputChoice()
        recipe.outputs[name]!.target = "target"
      }
    } else {
      // Labels would be class numbers.
      recipe.outputs["a"] = OutputChoice()
      recipe.outputs["a"]!.target = "target"
    }
    return recipe
  }

  @Test func everyLossAndMetricIsThere() throws {
    let outputs = CompiledLossTests.cases.flatMap(\.outputs)
    let losses = Set(outputs.compactMap { $0["loss"].asArray?.first?.asString })
    for name in LossRegistry.names {
      let loss = try LossRegistry.loss(.string(name))
      // Keras has no losses of boxes.
      #expect(loss is any BoxLossLayer || losses.contains(type(of: loss).kerasName), "\(name)")
    }
    let metrics = Set(outputs.flatMap { $0["metrics"].asArray ?? [] }.compactMap { $0.asArray?.first?.asString })
    for type in MetricRegistry.metrics where type.isInKeras { #expect(metrics.contains(type.kerasName)) }
  }

  @Test(arguments: cases) func isTheDefault(_ trial: Case) throws {
    let folder = try TemporaryFolder()
    let given = try recipe(trial, folder.path + "/m.h5")
    let settled = try given.takingOver(given.compiledModel())
    for (name, wanted) in zip(CompiledLossTests.names, trial.outputs) {
      let output = try #require(settled.outputs[name])
      func description(_ pair: JSONValue) -> JSONValue {
        let parts = pair.asArray!
        return parts[1].asObject!.isEmpty ? parts[0] : .object([parts[0].asString!: parts[1]])
      }
      func description(_ choice: FunctionChoice) -> JSONValue {
        choice.arguments.isEmpty ? .string(choice.name) : .object([choice.name: .object(choice.arguments)])
      }
      let loss = try LossRegistry.loss(description(#require(output.loss)))
      #expect(
        LossRegistry.kerasConfiguration(of: loss)
          == LossRegistry.kerasConfiguration(of: try LossRegistry.loss(description(wanted["loss"]))))
      #expect(output.weight == wanted["weight"].asNumber ?? 1)
      let others = wanted["metrics"].asArray ?? []
      #expect(output.metrics?.count ?? 0 == others.count)
      for (choice, other) in zip(output.metrics ?? [], others) {
        let (name, arguments) = (other.asArray![0].asString!, other.asArray![1].asObject!)
        let target: Shape = name.hasPrefix("Sparse") ? [1] : [3]
        let metric = try MetricRegistry.metric(description(choice), output: [3], target: target).metric
        // Keras 2 writes which accuracy it has chosen.
        let isAccuracy = name == "accuracy" && choice.name.lowercased().hasSuffix(name)
        #expect(isAccuracy || type(of: metric).kerasName == name)
        for (key, value) in arguments {
          let own = metric.kerasConfiguration()[key]
          #expect(own == value || own?.asNumber != nil && own?.asNumber == value.asNumber, "\(name) \(key)")
        }
      }
    }
    // What the configuration says comes first, output by output.
    var said = given
    for name in said.outputs.keys {
      said.outputs[name]!.loss = FunctionChoice("huber")
      (said.outputs[name]!.weight, said.outputs[name]!.metrics) = (3, [])
    }
    let outputs = try said.takingOver(said.compiledModel()).outputs
    #expect(outputs == said.outputs)
  }

  private func settled(_ text: String, _ change: (inout Recipe) -> Void = { _ in }) throws -> Recipe {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.h5"
    try CompiledLossTests.write(try JSONValue(parsing: text, called: "training_config"), outputs: 1, to: path)
    var recipe = Recipe(model: .file(path), data: DataChoice(train: "none"))
    change(&recipe)
    return try recipe.takingOver(recipe.compiledModel())
  }

  /// For the only output; labels are class numbers, whatever Keras was given.
  @Test func shortForms() throws {
    let text = #"{"loss": "categorical_crossentropy", "metrics": ["categorical_accuracy", "mae"]}"#
    var recipe = try settled(text)
    #expect(recipe.loss == FunctionChoice("SparseCategoricalCrossentropy"))
    #expect(recipe.metrics?.map(\.name) == ["SparseCategoricalAccuracy", "MeanAbsoluteError"])
    #expect(recipe.metrics?.map { $0.arguments["name"] } == ["categorical_accuracy", "mae"])
    recipe = try settled(text) { ($0.loss, $0.metrics) = (.crossEntropy, [FunctionChoice("accuracy")]) }
    #expect(recipe.loss == .crossEntropy && recipe.metrics == [FunctionChoice("accuracy")])
    recipe = try settled(#"{"loss": {"class_name": "CategoricalCrossentropy", "config": {"label_smoothing": 0.5}}}"#) {
      $0.labelSmoothing = 0.25
    }
    #expect(recipe.loss == FunctionChoice("SparseCategoricalCrossentropy") && recipe.metrics == nil)
    #expect(try settled("{}").loss == .crossEntropy)
  }

  /// Scores are called as Keras calls them where it goes on: in the history, to early stopping, and in what is written
  /// back.
  @Test(arguments: ["mae", "MSE", "mape", "mean_squared_error", "cosine_similarity", "accuracy", "acc", "AUC", "auc"])
  func scoresKeepTheirNames(_ name: String) throws {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data.h5"
    try File.replace(data) { file in
      _ = try file.root.write("images", (0..<64).map { Float($0 % 5) }, shape: [16, 4])
      _ = try file.root.write("target", (0..<48).map { Float($0 % 4 == 0 ? 1 : 0) }, shape: [16, 3])
    }
    let functions = [
      "mae": "mean_absolute_error", "MSE": "mean_squared_error", "mape": "mean_absolute_percentage_error",
      "accuracy": "categorical_accuracy", "acc": "categorical_accuracy",
    ]
    let wrapped =
      #"[[{"class_name": "MeanMetricWrapper", "config": {"name": "\#(name)", "dtype": "float32", "#
      + #""fn": "\#(functions[name] ?? name)"}}]]"#
    for metrics in [#"["\#(name)"]"#] + (functions[name] == nil ? [] : [wrapped]) {
      let path = "\(folder.path)/m.h5"
      let config = try JSONValue(
        parsing: #"{"loss": "categorical_crossentropy", "metrics": \#(metrics)}"#, called: "training_config")
      try CompiledLossTests.write(config, outputs: 1, to: path)
      var run = TrainingRun()
      run.recipe = Recipe(model: .file(path), data: DataChoice(train: data, test: data))
      (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (8, 2, 1)
      run.recipe.data.columns = ["target": ColumnChoice(.numbers)]
      run.recipe.outputs = ["a": OutputChoice()]
      run.recipe.outputs["a"]!.target = "target"
      run.recipe.data.validation = data
      run.recipe.earlyStopping = EarlyStoppingChoice(patience: 3)
      run.recipe.earlyStopping!.monitor = "val_\(name)"
      let output = try TemporaryFolder()
      let result = try run.train(in: output, steps: 2)[0]
      #expect(result.state.history[0].validation!.values.map(\.name) == [name], "\(metrics)")
      let written = try #require(try CompileConfiguration(reading: result.checkpoint)?.metrics?.values(of: ["a"])[0])
      let own = written.map { $0.arguments["name"]?.asString ?? $0.className.inSnakeCase }
      #expect(own == [name], "\(metrics)")
    }
  }

  /// A fine-tuning that keeps the head keeps its losses; another head has its own.
  @Test func fineTuning() throws {
    let text = #"{"loss": "mse", "metrics": ["mae"]}"#
    var recipe = try settled(text) { $0.finetune = FinetuneChoice(phases: []) }
    #expect(recipe.loss == FunctionChoice("MeanSquaredError") && recipe.metrics?.count == 1)
    recipe = try settled(text) {
      $0.finetune = FinetuneChoice(phases: [])
      $0.finetune!.head = HeadChoice()
    }
    #expect(recipe.loss == .crossEntropy && recipe.metrics == nil)
  }

  @Test func whatIsNotKnown() throws {
    let error = #expect(throws: TrainingError.self) { try settled(#"{"loss": "wing", "metrics": ["mae"]}"#) }
    #expect(
      error?.description.hasSuffix(
        "was compiled with the loss 'wing', which is not known; say with 'loss' what it is trained with.") == true)
    let recipe = try settled(#"{"loss": "wing", "metrics": ["mae", "spread"]}"#) { $0.loss = FunctionChoice("huber") }
    #expect(recipe.loss == FunctionChoice("huber") && recipe.metrics?.map(\.name) == ["MeanAbsoluteError"])
  }
}
