import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// Every argument of every layer, alone and in company, at odd and even sizes: Keras's outputs, or a refusal. The cases
/// are those of Tests/Fixtures/keras/write_arguments.py.
struct ArgumentTests {
  private struct Table: Decodable {
    /// Versions of Keras that have an argument, by class and argument.
    let classes: [String: [String: [Int]]]
    /// Arguments on which nothing depends here.
    let free: Set<String>
    let cases: [Case]
  }

  private struct Case: Decodable {
    let `class`: String
    let version: Int
    /// Names of those that are not as usual, and all values given.
    let arguments: [String]
    let given: [String: JSONValue]
    let expected: String
    let model: JSONValue
    /// Of the outputs for two samples; where they begin among those of all cases, of which one in `step` is there.
    let shape: [Int]
    let start: Int
    let step: Int

    var label: String {
      "\(`class`) of Keras \(version), \(given.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.brief)" })"
    }
  }

  /// Classes of no version of Keras here: those of keras.applications and older ones, and what is no layer.
  private static let others: Set = [
    "CustomScaleLayer", "InputLayer", "LayerScale", "LocalResponseNormalization", "Operation", "StochasticDepth",
  ]

  /// Layers whose arguments are tried by KerasAugmentationTests.
  private static let augmentations: Set = ["AugMix", "AutoContrast", "Equalization", "RandAugment", "Solarization"]

  private let table: Table
  private let outputs: [Float]

  init() throws {
    let root = try File(reading: fixture("arguments.h5")).root
    let cases = try root.dataset("cases").read(UInt8.self)
    table = try JSONDecoder().decode(Table.self, from: Data(cases))
    outputs = try root.dataset("outputs").read(Float.self)
  }

  /// An argument that a version of Keras has is tried, or nothing depends on it.
  @Test func everyArgumentHasACase() {
    let known = Set(table.classes.keys)
    let elsewhere = KeyLayerTests.classes.union(ArgumentTests.augmentations)
    #expect(Set(LayerRegistry.names).subtracting(known).subtracting(elsewhere) == ArgumentTests.others)
    let tried = Set(table.cases.flatMap { trial in trial.arguments.map { "\(trial.class).\($0) \(trial.version)" } })
    for (name, arguments) in table.classes {
      for (argument, versions) in arguments where !table.free.contains(argument) {
        for version in versions { #expect(tried.contains("\(name).\(argument) \(version)")) }
      }
    }
  }

  /// What a layer writes about itself is an argument that was tried, or always the same.
  @Test func everyKeyOfAFileIsAnArgument() {
    let common: Set = ["name", "trainable", "dtype", "activity_regularizer", "batch_input_shape"]
    var written: [String: Set<JSONValue>] = [:]
    for trial in table.cases {
      let layers = trial.model["config"]["layers"].asArray ?? []
      for layer in layers where layer["class_name"].asString == trial.class {
        for (key, value) in layer["config"].asObject ?? [:] where !common.contains(key) && value != .null {
          if table.classes[trial.class]?[key] != nil { continue }
          written["\(trial.class) of Keras \(trial.version) writes '\(key)'", default: []].insert(value)
        }
      }
    }
    for (sentence, values) in written { #expect(values.count == 1, "\(sentence): \(values)") }
  }

  @Test func outputsAreThoseOfKeras() throws {
    for trial in table.cases {
      let graph: Graph
      do {
        graph = try Graph(kerasModel: trial.model, kerasVersion: trial.version)
      } catch {
        #expect(trial.expected == "refused", "\(trial.label): \(error)")
        continue
      }
      #expect(trial.expected == "output", "\(trial.label)")
      let difference = try difference(graph, trial)
      #expect(difference <= 1e-5, "\(trial.label): \(graph.inputShapes) differs by \(difference)")
      // What is written is read as the same layers.
      let again = try? Graph(kerasModel: graph.kerasModel, kerasVersion: trial.version)
      #expect(again?.difference(from: graph) == nil && again != nil, "\(trial.label): is written otherwise")
    }
  }

  private func difference(_ graph: Graph, _ trial: Case) throws -> Float {
    let weights = Weights(ParameterTable(graph))
    for layer in graph.kerasLayers {
      for (index, entry) in layer.variables(in: weights.table).enumerated()
      where entry.parameter.name != "count" {
        let isPositive = entry.parameter.name.contains("variance") || entry.parameter.name.contains("stddev")
        let values = ArgumentTests.numbers(entry.parameter.count, salt: index + 5)
        weights[entry].replace(with: isPositive ? values.map { abs($0) + 0.5 } : values)
      }
    }
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .inference), weights: weights)
    let inputs = network.inputs.enumerated().map { index, tensor in
      var values = ArgumentTests.numbers(2 * tensor.shape.count, salt: index + 1)
      if trial.given["data_format"] == "channels_first", !graph.channelsFirstInputs.contains(index) {
        values = ArgumentTests.channelsFirst(values, tensor.shape.movingFirstAxisLast)
      }
      if trial.class == "Embedding" { values = values.map { (abs($0) * 8).rounded(.down) } }
      return Golden.Array(
        samples: [Array(values[..<tensor.shape.count]), Array(values[tensor.shape.count...])])
    }
    var values = network.run(inputs)[0]
    let shape = network.outputs[0].shape
    if graph.channelsFirstOutputs.contains(0) { values = ArgumentTests.channelsFirst(values, shape) }
    guard values.count == trial.shape.reduce(1, *) else { return .infinity }
    let kept = stride(from: 0, to: values.count, by: trial.step).map { values[$0] }
    let wanted = outputs[trial.start..<trial.start + kept.count]
    let largest = max(wanted.map(abs).max() ?? 0, 1e-3)
    return zip(kept, wanted).reduce(0) { max($0, $1.0.isFinite ? abs($1.0 - $1.1) : .infinity) } / largest
  }

  /// Samples of (positions, C), of that shape, as (C, positions).
  private static func channelsFirst(_ values: [Float], _ shape: Shape) -> [Float] {
    let positions = shape.count / shape.channels
    return values.indices.map { index in
      let (sample, place) = (index / shape.count, index % shape.count)
      return values[sample * shape.count + place % positions * shape.channels + place / positions]
    }
  }

  /// -1 to 1, by place: those of the script.
  private static func numbers(_ count: Int, salt: Int) -> [Float] {
    (0..<count).map { Float(Double(($0 * 7919 + salt * 104_729) % 1009) / 1009 * 2 - 1) }
  }
}
