import Archives
import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// A network whose weights came under PyTorch's names goes back under them.
struct OriginalNameTests {
  /// A small network of residual blocks, and weights as torchvision would name them.
  private func weights(of graph: Graph, named names: [String: String], to path: String) throws -> [String: [Float]] {
    var values: [String: [Float]] = [:]
    let table = ParameterTable(graph)
    let tensors = try table.entries.map { entry in
      let parts = entry.path.split(separator: "/")
      let module = try #require(names[String(parts[0])])
      let shape = entry.parameter.shape
      let (variable, turned): (String, [Int]) =
        switch parts[1] {
        case "kernel": ("weight", shape.count == 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape.reversed())
        case "gamma": ("weight", shape)
        case "beta": ("bias", shape)
        case "moving_mean": ("running_mean", shape)
        case "moving_variance": ("running_var", shape)
        default: (String(parts[1]), shape)
        }
      let numbers = (0..<entry.parameter.count).map { Float($0 % 97) / 97 + 0.1 }
      values["\(module).\(variable)"] = numbers
      return SafetensorsFile.NewTensor("\(module).\(variable)", turned) { numbers }
    }
    try SafetensorsFile.write(tensors, metadata: [:], to: path)
    return values
  }

  private func model() throws -> Graph {
    let input = Symbol.input([8, 8, 3])
    let x = BatchNormalization(epsilon: 1e-5)(Conv2D(4, kernel: 3, usesBias: false)(input, name: "a"), name: "b")
    let y = Conv2D(5, kernel: 1, usesBias: false)(x, name: "c")
    let z = Dense(3)(Flatten()(y), name: "d")
    return try Graph("m", inputs: [input], outputs: [z])
  }

  @Test(arguments: [ExportFormat.h5, .keras]) func weightsGoBackUnderTheirNames(_ format: ExportFormat) throws {
    let graph = try model()
    let names = ["a": "conv1", "b": "bn1", "c": "layer1.0.conv1", "d": "fc"]
    try withTemporaryPath { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      let (first, second) = (folder.appending(path: "a.safetensors").path, folder.appending(path: "b.safetensors").path)
      let values = try weights(of: graph, named: names, to: first)
      let loaded = Weights(ParameterTable(graph))
      let mapping = try KerasWeights(reading: first).mapping(onto: graph)
      try mapping.requireComplete()
      try mapping.load(into: loaded)
      var named = graph
      named.takeOriginalTensors(mapping.originalTensors)
      #expect(named.originalModules(ofLayer: "c") == ["layer1.0.conv1"])
      // Through a file of Keras.
      let model = format == .keras ? path.replacing(".h5", with: ".keras") : path
      try KerasModel.export(named, loaded, as: format, to: model)
      let again = try KerasModel(reading: model)
      #expect(again.graph.originalTensors == named.originalTensors)
      try KerasModel.export(again.graph, again.loadedWeights(), as: .safetensors, to: second)
      let file = try SafetensorsFile(reading: second)
      #expect(Set(file.tensors.map(\.name)) == Set(values.keys))
      for tensor in try KerasWeights(reading: second).tensors { #expect(try tensor.read() == values[tensor.name]) }
    }
  }

  /// A new head takes over the name of the old one.
  @Test(arguments: ["predictions", "d"]) func aNewHeadHasTheOldName(_ head: String) throws {
    let old = try model()
    let tensors = Dictionary(
      uniqueKeysWithValues: ParameterTable(old).entries.map {
        ($0.path, OriginalTensor(name: "m.\($0.path.replacing("/", with: "."))", shape: $0.parameter.shape.reversed()))
      })
    let input = Symbol.input([8, 8, 3])
    let x = BatchNormalization(epsilon: 1e-5)(Conv2D(4, kernel: 3, usesBias: false)(input, name: "a"), name: "b")
    let y = Conv2D(5, kernel: 1, usesBias: false)(x, name: "c")
    var new = try Graph("m", inputs: [input], outputs: [Dense(7)(Flatten()(y), name: head)])
    new.takeOriginalTensors(tensors)
    #expect(new.originalTensors["\(head)/kernel"] == OriginalTensor(name: "m.d.kernel", shape: [7, 180]))
    #expect(new.originalTensors["\(head)/bias"]?.shape == [7])
    #expect(new.originalTensors["a/kernel"] == tensors["a/kernel"])
  }

  /// Names that do not fit the variables, as in a damaged or foreign file, are not written.
  @Test(arguments: [[Int.max, Int.max, 3, 3], [-4, -3, 3, 3], [4, 26], [3, 4, 3, 3], []])
  func shapesThatDoNotFitAreNotWritten(_ shape: [Int]) throws {
    var graph = try model()
    let weights = Weights(ParameterTable(graph))
    let original = Dictionary(
      uniqueKeysWithValues: weights.table.entries.map { entry in
        let shape = entry.parameter.shape
        let turned = shape.count == 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape.reversed()
        return (entry.path, OriginalTensor(name: entry.path.replacing("/", with: "."), shape: turned))
      })
    func names() throws -> Set<String> {
      try withTemporaryPath { path in
        let file = path.replacing(".h5", with: ".safetensors")
        try KerasModel.export(graph, weights, as: .safetensors, to: file)
        return Set(try SafetensorsFile(reading: file).tensors.map(\.name))
      }
    }
    graph.takeOriginalTensors(original)
    #expect(try names().contains("a.kernel"))
    graph.takeOriginalTensors(original.merging(["a/kernel": OriginalTensor(name: "a.kernel", shape: shape)]) { $1 })
    #expect(try names().contains("a/kernel"))
  }

  /// A head that cannot take over the old one's name whole takes no part of it, and has one of its own.
  @Test func aHeadOfAnotherKindHasAnotherName() throws {
    let names = ["a/kernel": [4, 3, 3, 3], "old/kernel": [9, 4, 1, 1], "old/bias": [9]]
    let tensors = Dictionary(
      uniqueKeysWithValues: names.map { path, shape in
        (path, OriginalTensor(name: path.replacing("/", with: "."), shape: shape))
      })
    func named(_ head: (Symbol) -> Symbol) throws -> Graph {
      let input = Symbol.input([8, 8, 3])
      let x = Conv2D(4, kernel: 3, usesBias: false)(input, name: "a")
      var graph = try Graph("m", inputs: [input], outputs: [head(x)])
      graph.takeOriginalTensors(tensors)
      return graph
    }
    let dense = try named { Dense(7)(GlobalAveragePooling2D()($0), name: "new") }
    #expect(dense.originalTensors["new/kernel"] == OriginalTensor(name: "head.0.weight", shape: [7, 4]))
    #expect(dense.originalTensors.count == 3 && KerasModel.layerWithoutOriginalName(dense) == nil)
    let several = try named { Dense(7)(Dense(5)(GlobalAveragePooling2D()($0), name: "head_dense"), name: "new") }
    #expect(
      Set(several.originalTensors.values.map(\.name))
        == ["a.kernel", "head.0.weight", "head.0.bias", "head.1.weight", "head.1.bias"])
    // Of SqueezeNet's kind: another number of filters.
    let convolution = try named { GlobalAveragePooling2D()(Conv2D(7, kernel: 1)($0, name: "new")) }
    #expect(convolution.originalTensors["new/kernel"] == OriginalTensor(name: "old.kernel", shape: [7, 4, 1, 1]))
    #expect(convolution.originalTensors["new/bias"] == OriginalTensor(name: "old.bias", shape: [7]))
    let normalised = try named { GlobalAveragePooling2D()(BatchNormalization()($0, name: "new")) }
    #expect(KerasModel.layerWithoutOriginalName(normalised) == "new")
  }

  /// What is written under such names is read back into the network with the new head.
  @Test func severalNewLayersComeBack() throws {
    let input = Symbol.input([8, 8, 3])
    let x = Flatten()(Conv2D(4, kernel: 3, usesBias: false)(input, name: "a"))
    var graph = try Graph("m", inputs: [input], outputs: [Dense(7)(Dense(5)(x, name: "head_dense"), name: "new")])
    graph.takeOriginalTensors(["a/kernel": OriginalTensor(name: "conv1.weight", shape: [4, 3, 3, 3])])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 2)
    try withTemporaryPath { path in
      let file = path.replacing(".h5", with: ".safetensors")
      try KerasModel.export(graph, weights, as: .safetensors, to: file)
      #expect(try SafetensorsFile(reading: file).tensors.contains { $0.name == "head.0.weight" })
      let copy = Weights(ParameterTable(graph))
      try KerasWeights(reading: file).load(into: copy, of: graph)
      #expect(copy.byPath == weights.byPath)
    }
  }
}
