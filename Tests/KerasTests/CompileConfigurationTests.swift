import Foundation
import HDF5
import Keras
import Networks
import Testing

/// Compile configurations of files, of every version.
struct CompileConfigurationTests {
  private static let root = URL(filePath: fixture("")).path
  private static let shared = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/keras/fixtures").standardized.path

  /// All whole models that were compiled, in a folder and those in it.
  private static func compiled(in folder: String) -> [String] {
    let names = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
    return names.filter { $0.hasSuffix(".h5") || $0.hasSuffix(".keras") }.map { "\(folder)/\($0)" }.filter { path in
      (try? CompileConfiguration(reading: path)) ?? nil != nil
    }
  }

  private static let files = compiled(in: root) + compiled(in: shared)

  @Test func thereAreSome() { #expect(CompileConfigurationTests.files.count > 30) }

  @Test(arguments: files) func everyFileIsUnderstood(_ path: String) throws {
    let compiled = try #require(try CompileConfiguration(reading: path))
    // Keras 3 leaves out an optimizer that is its standard, Keras 2 writes the name alone where that was given.
    let optimizer = compiled.optimizer
    #expect(optimizer?.isCustom != true && (optimizer != nil || path.contains("k3") || path.hasSuffix(".keras")))
    #expect(compiled.customNames.isEmpty)
    let outputs = try KerasModel.architecture(reading: path).outputNames
    let losses = try #require(compiled.losses).values(of: outputs)
    #expect(losses.count == outputs.count && losses.allSatisfy { $0?.isCustom == false })
    guard let state = try StoredOptimizer(reading: path) else { return }
    #expect(state.iterations > 0)
    try state.check(#require(optimizer), KerasModel(reading: path).graph)
  }

  private func read(_ text: String) throws -> CompileConfiguration {
    try #require(CompileConfiguration(JSONValue(parsing: text, called: "compile_config")))
  }

  @Test func outputsAreToldApart() throws {
    let byName = try read(
      #"""
      {"loss": {"a": "mse", "b": {"class_name": "Huber", "config": {"delta": 2.0}}}, "loss_weights": {"a": 0.5, "b": 2},
       "metrics": {"a": ["mae", "mse"], "b": "mean_iou"}}
      """#)
    let losses = try #require(byName.losses).values(of: ["b", "a", "c"])
    #expect(losses == [.init("Huber", ["delta": 2.0]), .init("MeanSquaredError"), nil])
    #expect(byName.lossWeights?.values(of: ["a", "b"]) == [0.5, 2])
    #expect(byName.metrics?.values(of: ["a"])[0]?.map(\.className) == ["MeanAbsoluteError", "MeanSquaredError"])
    #expect(byName.customNames == ["mean_iou"])
    let listed = try read(
      #"{"loss": ["mae", null], "metrics": [["accuracy"], ["auc", "my_metric"]], "jit_compile": true}"#)
    #expect(listed.losses?.values(of: ["a", "b"]) == [.init("MeanAbsoluteError"), nil])
    #expect(listed.metrics?.values(of: ["a", "b"])[1]?.map(\.className) == ["AUC", "my_metric"])
    #expect(listed.customNames == ["my_metric"] && listed.settings == ["jit_compile": true])
    let all = try read(
      #"""
      {"loss": {"module": "builtins", "class_name": "function", "config": "wing", "registered_name": "function"},
       "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "acc", "dtype": "float32",
         "fn": "categorical_accuracy"}}]],
       "optimizer_config": {"class_name": "Custom>Adam", "config": {"learning_rate": 0.5}}}
      """#)
    #expect(all.losses == .all(.init("wing", isCustom: true)))
    #expect(all.metrics?.values(of: ["a"])[0]?.first?.className == "CategoricalAccuracy")
    #expect(all.optimizer == .init("Adam", ["learning_rate": 0.5]))
  }

  @Test(arguments: [
    "", "[]", "{", #"{"loss": 3, "metrics": 5, "optimizer_config": []}"#, #"{"loss": {"a": {"b": 1}}}"#,
  ])
  func nonsenseStopsNobody(_ text: String) throws {
    try withTemporaryPath { path in
      let model = try KerasModel(reading: fixture("lenet/k2.h5"))
      try File.replace(path) { file in
        try KerasModel.write(model.graph, model.loadedWeights(), to: file)
        try file.root.attributes.set("training_config", text)
      }
      _ = try CompileConfiguration(reading: path)
      _ = try KerasModel(reading: path).loadedWeights()
    }
  }

  /// Every loss and metric goes out under a name that Keras finds, and comes back.
  @Test func objectsComeBack() throws {
    let compiled = CompileConfiguration(
      optimizer: .init("SGD", ["learning_rate": 0.5, "momentum": 0.9]),
      losses: .named(["a": .init("MeanSquaredError"), "b": .init("CategoricalCrossentropy", ["label_smoothing": 0.1])]),
      lossWeights: .named(["a": 1, "b": 0.25]),
      metrics: .named(["a": [.init("AUC"), .init("MeanAbsoluteError"), .init("BinaryAccuracy", ["threshold": 0])]]))
    let graph = try KerasModel(reading: fixture("mlp/k2.h5")).graph
    let weights = Weights(ParameterTable(graph))
    try withTemporaryPath { path in
      for (format, file) in [(ExportFormat.h5, path), (.keras, path + ".keras")] {
        try KerasModel.export(graph, weights, as: format, compiled: compiled, to: file)
        #expect(try CompileConfiguration(reading: file) == compiled)
        #expect(try StoredOptimizer(reading: file)?.iterations == nil)
      }
    }
  }
}
