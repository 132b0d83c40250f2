import Foundation
import HDF5
import Keras
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Whatever layers are called, a checkpoint has a place for each of their variables, and finds it again.
@Suite(.serialized) struct OddNameTests {
  static let names: [[String]] = [
    ["x//y", "x/y", "x"], ["conv/", "conv"], ["/a", "a", "//a"], [".", "..", "./b", "b/."], ["a/./b", "a/b"],
    ["a", "a/kernel", "a/kernel/kernel"], ["a", "a/kernel:0", "a/a/kernel:0", "a/a/kernel"], ["a_1", "a", "a/", "/a"],
    ["top_level_model_weights", "top_level_model_weights/x"], ["convoy", "convoy/slots/0", "model_weights"],
    ["faltung \u{e9}", "卷积", "a b\n", "a\u{0}b", "/\u{301}"], [String(repeating: "n", count: 300), "n"],
    [
      String(repeating: "é", count: 40_000), String(repeating: "é", count: 40_001),
      String(repeating: "x/", count: 20_000),
    ],
    ["kernel", "bias", "kernel:0", ":0"], ["layer", "/", "//"],
  ]

  private func chain(_ names: [String], in model: String? = nil) throws -> Graph {
    func input(_ name: String) -> JSONValue {
      .object([
        "class_name": "InputLayer", "config": .object(["name": .string(name), "batch_input_shape": [.null, 4]]),
      ])
    }
    var layers = [input("odd_input")]
    let named = names.map { name in
      JSONValue.object(["class_name": "Dense", "config": .object(["name": .string(name), "units": 4])])
    }
    layers += named
    var config: JSONValue = .object([
      "class_name": "Sequential", "config": .object(["name": .string(model ?? "outer"), "layers": .array(layers)]),
    ])
    if model != nil {
      let outer: JSONValue = .array([input("outer_input"), config] + named)
      config = .object(["class_name": "Sequential", "config": .object(["name": "outer", "layers": outer])])
    }
    return try Graph(kerasModel: config, kerasVersion: 2)
  }

  private func check(_ graph: Graph) throws {
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let places = VariablePlaces(graph, weights.table)
    let paths = weights.table.entries.map(places.path)
    #expect(Set(paths).count == paths.count && paths.allSatisfy { "/" + ObjectPath.canonical($0) == $0 })
    let frozen = graph.freezing { _ in true }
    let others = VariablePlaces(frozen, ParameterTable(frozen))
    #expect(ParameterTable(frozen).entries.map(others.path) == paths, "freezing moves variables")
    try SavedModelTrial("odd", .named("lenet5")).checkWriting(graph, weights)
  }

  @Test(arguments: names.indices) func inOneModel(_ index: Int) throws {
    try check(try chain(OddNameTests.names[index]))
  }

  /// Beside layers of the same names, in a model that is called as the first of them, or otherwise.
  @Test(arguments: names.indices) func inAModelInside(_ index: Int) throws {
    let names = OddNameTests.names[index]
    try check(try chain(names, in: "inner//"))
    do {
      try check(try chain(Array(names.dropFirst()), in: names[0]))
    } catch {
      // Where a layer in the model and one beside it would have the same path, the file is refused as it is read.
      #expect("\(error)".contains("two layers are named"))
    }
  }

  @Test(arguments: names.indices) func trained(_ index: Int) throws {
    let names = OddNameTests.names[index]
    let folder = try TemporaryFolder()
    var trial = SavedModelTrial(
      "names", .layers(names.map { .init(className: "Dense", values: ["name": .string($0), "units": 4]) }, input: [4]))
    try trial.writeData(shape: [4], in: folder)
    try trial.check()
  }

  /// More names of weights than one attribute holds, in a group that one attribute does not hold either.
  @Test func manyLongNames() throws {
    try check(try chain((0..<120).map { "\(String(repeating: "long_", count: 120))\($0)" }, in: "inside"))
  }

  /// A model without a single weight has nothing but its structure.
  @Test func aModelWithoutWeights() throws {
    var graph = Graph(name: "plain", isSequential: true)
    let input = try graph.append(Input([4]), named: "in", inputs: [])
    graph.setOutputs([try graph.append(ReLU(), named: "out", inputs: [input])])
    try check(graph)
  }

  /// Before the first step, not at the first save.
  @Test func whatCannotBeSavedIsNotTrained() throws {
    let folder = try TemporaryFolder()
    var trial = SavedModelTrial(
      "unsaved",
      .layers(
        [
          .init(className: "Dense", values: ["units": 4, "activation": "hard_sigmoid"]),
          .init(className: "Dense", values: ["units": 4, "name": ""]),
        ], input: [4]))
    try trial.writeData(shape: [4], in: folder)
    let output = try TemporaryFolder()
    #expect { try trial.run.train(in: output, steps: 1) } throws: { "\($0)".contains("empty name") }
  }
}
