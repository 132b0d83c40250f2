import Foundation
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Layers for texts, keys and categories give what Keras gives, adapted ones too.
struct KeyLayerTests {
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let model: JSONValue
    let adapted: Bool
    let shape: [Int]
    let inputs: [[[JSONValue]]]
    let output: [[Float]]

    var testDescription: String { name }
  }

  static let cases = try! JSONDecoder().decode(
    [Case].self, from: Data(contentsOf: URL(filePath: fixture("keys.json"))))

  /// The values of every argument in the cases, by class.
  private static let arguments = cases.flatMap { $0.model["config"]["layers"].asArray ?? [] }
    .reduce(into: [String: [String: Set<JSONValue>]]()) { found, layer in
      guard let name = layer["class_name"].asString, name != "InputLayer" else { return }
      for (key, value) in layer["config"].asObject ?? [:] { found[name, default: [:]][key, default: []].insert(value) }
    }

  /// The layers that are tried here.
  static let classes = Set(arguments.keys)

  /// Arguments that have one value, or say nothing.
  private static let constant: Set = [
    "name", "trainable", "dtype", "sparse", "ragged", "invert", "encoding", "vocabulary_dtype", "vocabulary_size",
  ]

  @Test func everyArgumentHasACase() {
    for (name, arguments) in KeyLayerTests.arguments {
      for (key, values) in arguments where !KeyLayerTests.constant.contains(key) {
        #expect(values.count > 1, "\(name).\(key) is always \(values)")
      }
    }
  }

  /// Samples of all inputs as tensors hold them, and the graph with room for their texts.
  static func prepared(_ graph: Graph, _ inputs: [[[JSONValue]]]) -> (graph: Graph, arrays: [Golden.Array]) {
    let texts = inputs.map { $0.map { $0.map { $0.asString ?? $0.asInteger.map(String.init) ?? "" } } }
    let capacities = texts.map { $0.joined().map(\.utf8.count).max()! }
    let graph = graph.holdingTexts(of: capacities.map { max(1, $0) })
    let arrays = zip(graph.inputs, zip(inputs, texts)).map { value, samples in
      let capacity = graph.shape(value).channels
      return graph.keyForm(value) == .number
        ? Golden.Array(samples: samples.0.map { $0.map { Float($0.asNumber!) } })
        : Golden.Array(samples: samples.1.map { $0.flatMap { KeyForm.floats(of: $0, capacity: capacity) } })
    }
    return (graph, arrays)
  }

  /// Runs samples sixteen at a time.
  static func run(_ graph: Graph, _ weights: Weights, _ arrays: [Golden.Array]) throws -> [[Float]] {
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .inference), weights: weights)
    return stride(from: 0, to: arrays[0].samples.count, by: 16).flatMap { start in
      let part = arrays.map { Golden.Array(samples: Array($0.samples[start...].prefix(16))) }
      _ = network.run(part)
      return part[0].samples.indices.map { network.outputs[0].sample($0) }
    }
  }

  private func adapted(_ graph: Graph, _ arrays: [Golden.Array], parts: Int) throws -> Graph {
    let index = try #require(graph.layersToAdapt().first)
    let layer = try #require(graph.nodes[index].layer as? any AdaptiveLayer)
    // Who sees which samples, and in which order they are merged, does not matter.
    var all = (0..<parts).map { part in
      var observations = Observations()
      for sample in arrays[0].samples.indices where sample % parts == part {
        let tensor = Tensor(graph.inputShapes[0], lanes: 16)
        tensor.setSample(0, arrays[0].samples[sample])
        layer.observe(tensor, live: 1, into: &observations)
      }
      return observations
    }
    let coded = try JSONDecoder().decode(Observations.self, from: JSONEncoder().encode(all.removeLast()))
    let merged = all.reduce(into: coded) { $0.merge($1) }
    return try graph.replacing([graph.nodes[index].owner: layer.adapted(to: merged)])
  }

  @Test(arguments: cases) func outputsAreThoseOfKeras(_ trial: Case) throws {
    var (graph, arrays) = KeyLayerTests.prepared(try Graph(kerasModel: trial.model), trial.inputs)
    if trial.adapted {
      let all = try (1...4).map { try adapted(graph, arrays, parts: $0) }
      #expect(Set(all.map { $0.kerasModel(.keras3).text }).count == 1)
      graph = all[0]
    }
    let weights = Weights(ParameterTable(graph))
    #expect(graph.outputShapes == [Shape(trial.shape)])
    for (own, wanted) in zip(try KeyLayerTests.run(graph, weights, arrays), trial.output) {
      #expect(zip(own, wanted).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(trial.name): \(own) instead of \(wanted)")
    }
    for dialect in [KerasDialect.keras2, .keras3] {
      let text = graph.kerasModel(dialect)
      let read = try Graph(kerasModel: text, kerasVersion: dialect == .keras2 ? 2 : 3)
      #expect(read.kerasModel(dialect) == text)
      let again = try KeyLayerTests.run(KeyLayerTests.prepared(read, trial.inputs).graph, weights, arrays)
      #expect(again == (try KeyLayerTests.run(graph, weights, arrays)))
    }
  }

  private struct Archive: Decodable {
    let inputs: [[JSONValue]]
    let output: [[Float]]
  }

  /// Vocabularies lie beside the configuration, and inside a model too; written again, they are in it.
  @Test func vocabulariesOfArchivesAreRead() throws {
    let golden = try JSONDecoder().decode(
      Archive.self, from: Data(contentsOf: URL(filePath: fixture("keys.keras.json"))))
    let inputs = golden.inputs.map { $0.map { [$0] } }
    func check(_ path: String) throws -> Graph {
      let model = try KerasModel(reading: path)
      #expect(model.graph.layersToAdapt().isEmpty)
      let (graph, arrays) = KeyLayerTests.prepared(model.graph, inputs)
      for (own, wanted) in zip(try KeyLayerTests.run(graph, try model.loadedWeights(), arrays), golden.output) {
        #expect(zip(own, wanted).allSatisfy { abs($0 - $1) <= 1e-5 })
      }
      return model.graph
    }
    let graph = try check(fixture("keys.keras"))
    let weights = try KerasModel(reading: fixture("keys.keras")).loadedWeights()
    for suffix in ["keras", "h5"] {
      try withTemporaryPath { path in
        let path = path.replacing(".h5", with: ".\(suffix)")
        try KerasModel.export(graph, weights, as: suffix == "h5" ? .h5 : .keras, to: path)
        _ = try check(path)
      }
    }
  }
}
