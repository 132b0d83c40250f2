import Foundation
import Keras
import Networks
import Tensors
import Testing

/// Exported models come back bit by bit, whatever the format.
struct ExportTests {
  static let models = ["lenet/k3.h5", "mlp/k3.keras", "residual/k2.h5", "conv_geometry/k3.h5", "merges/k3.h5"]

  private func path(_ folder: String, _ format: ExportFormat) -> String {
    let names: [ExportFormat: String] = [
      .keras: "m.keras", .weights: "m.weights.h5", .h5: "m.h5", .layerWeights: "w.h5", .safetensors: "m.safetensors",
    ]
    return URL(filePath: folder).deletingLastPathComponent().appending(path: names[format]!).path
  }

  @Test(arguments: models, ExportFormat.allCases) func comesBack(_ name: String, _ format: ExportFormat) throws {
    let model = try KerasModel(reading: fixture(name))
    let weights = try model.loadedWeights()
    try withTemporaryPath { folder in
      let path = path(folder, format)
      let notes = #"{"classes": ["é", "a \"b\""]}"#
      try KerasModel.export(model.graph, weights, as: format, notes: notes, to: path)
      #expect(ExportFormat(suffixOf: path) == (format == .layerWeights ? .h5 : format))
      let stored = try KerasWeights(reading: path)
      #expect(stored.notes == notes)
      let mapping = stored.mapping(onto: model.graph)
      #expect(mapping.matches.allSatisfy { $0.reason == .path && $0.rearrangements.isEmpty })
      let copy = Weights(ParameterTable(model.graph))
      try stored.load(into: copy, of: model.graph)
      #expect(copy.byPath == weights.byPath)
      #expect(stored.format.hasArchitecture == [.keras, .h5].contains(format))
      guard stored.format.hasArchitecture else { return }
      let again = try KerasModel(reading: path)
      #expect(Set(again.graph.nodes.map(\.name)) == Set(model.graph.nodes.map(\.name)))
      #expect(again.graph.inputs.count == model.graph.inputs.count)
      #expect(try again.loadedWeights().byPath == weights.byPath)
    }
  }

  /// Keras 3 keeps layers without names in its archives, whose groups have the names of classes, and in no other file.
  @Test(arguments: ExportFormat.allCases) func emptyNamesAreKeptWhereKerasKeepsThem(_ format: ExportFormat) throws {
    let input = Symbol.input([4])
    let graph = try Graph("m", inputs: [input], outputs: [Dense(2)(input, name: "")])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 1)
    try withTemporaryPath { folder in
      let path = path(folder, format)
      if [.h5, .layerWeights].contains(format) {
        let error = #expect(throws: KerasError.self) {
          try KerasModel.export(graph, weights, as: format, to: path)
        }
        #expect(error?.file == path && error?.problem.contains("empty name") == true)
      } else {
        try KerasModel.export(graph, weights, as: format, to: path)
        let copy = Weights(ParameterTable(graph))
        try KerasWeights(reading: path).load(into: copy, of: graph)
        #expect(copy.byPath == weights.byPath)
      }
    }
  }

  @Test func theSameModelGivesTheSameBytes() throws {
    let model = try KerasModel(reading: fixture("lenet/k3.h5"))
    try withTemporaryPath { folder in
      for format in [ExportFormat.keras, .safetensors] {
        let path = path(folder, format)
        var files: [Data] = []
        for _ in 0..<2 {
          try KerasModel.export(model.graph, try model.loadedWeights(), as: format, to: path)
          files.append(try Data(contentsOf: URL(filePath: path)))
        }
        #expect(files[0] == files[1])
      }
    }
  }

  @Test func anotherHeadIsNamed() throws {
    let model = try KerasModel(reading: fixture("lenet/k3.h5"))
    let graph = try model.graph.replacingHead(classes: 9)
    #expect(graph.head == "dense_1" && graph.outputShapes == [[9]])
    var mapping = model.weights.mapping(onto: graph)
    #expect(mapping.problems.count == 2)
    #expect(mapping.replaceHead("dense_1").map(\.shape) == [[10, 5], [5]])
    #expect(mapping.problems.isEmpty && mapping.matches.count == 6)
  }

  @Test func patternsAllowWhatTheyMatch() throws {
    let model = try KerasModel(reading: fixture("lenet/k3.h5"))
    let graph = try model.graph.replacingHead(classes: 9)
    func left(_ patterns: String...) -> (problems: Int, unused: [String]) {
      var mapping = model.weights.mapping(onto: graph)
      let unused = mapping.allow(patterns)
      return (mapping.problems.count, unused)
    }
    #expect(left("dense_1", "*dense_1*") == (0, []))
    #expect(left("*") == (0, []))
    #expect(left("dense_?/kernel", "*/kernel") == (1, []))
    #expect(left("dense_1") == (2, []))
    #expect(left("c1", "*dense_1*").unused == ["c1"])
  }

  @Test func anotherEpsilonIsNoticed() throws {
    let model = try KerasModel(reading: fixture("residual/k3.h5"))
    let changed = try Graph(
      kerasModel: JSONDecoder().decode(
        JSONValue.self,
        from: Data(
          String(decoding: JSONEncoder().encode(model.graph.kerasModel), as: UTF8.self)
            .replacing("0.001001", with: "0.00001").replacing("1.001e-05", with: "0.001").utf8)))
    var mapping = model.weights.mapping(onto: changed)
    #expect(mapping.problems.isEmpty)
    mapping.compare(with: model, changed)
    #expect(mapping.problems.first?.sentence.contains("epsilon") == true)
    var same = model.weights.mapping(onto: model.graph)
    same.compare(with: model, model.graph)
    #expect(same.problems.isEmpty)
  }
}
