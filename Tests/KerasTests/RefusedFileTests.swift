import Foundation
import HDF5
import Keras
import Networks
import Testing

/// Files that must not be loaded, each with what its error message must name.
struct RefusedFileTests {
  @Test(arguments: [
    ("variants/refuse.truncated.k3.h5", "truncated"), ("variants/refuse.wrong_shape.k3.h5", "shape"),
    ("lenet/golden.h5", "model_config"),
    ("lenet/k2_weights.h5", "model_config"), ("nowhere.h5", "nowhere.h5"),
    ("variants/refuse.lambda.k3.keras", "Lambda"), ("variants/refuse.custom.k3.keras", "mine>Swirl"),
    ("variants/lenet.latest_compressed.k3.weights.h5", "model_config"),
    ("lenet", "folder"), ("copy_fixtures.py", "a Python source"),
  ])
  func refusesModel(_ name: String, _ word: String) throws {
    let error = try #require(throws: KerasError.self) { try KerasModel(reading: fixture(name)).loadedWeights() }
    #expect(error.description.contains(word) && error.description.contains(name), "\(error.description)")
  }

  @Test func whatOthersSaveIsNamed() throws {
    try withTemporaryPath { path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: path + "/saved_model.pb"))
      let error = try #require(throws: KerasError.self) { try KerasModel(reading: path) }
      #expect(error.description.contains("SavedModel") && error.description.contains(path))
    }
  }

  @Test(arguments: [
    ("mlp/k2_weights.h5", "'c1'"), ("residual/k2.h5", "'stem'"), ("lenet/golden.h5", "is an array"),
    ("mlp/k3.weights.h5", "/layers/dense/vars/0' has the shape"),
  ])
  func refusesWeights(_ name: String, _ words: String) throws {
    let model = try KerasModel(reading: fixture("lenet/k3.h5"))
    let weights = Weights(ParameterTable(model.graph))
    let error = try #require(throws: KerasError.self) {
      try KerasWeights(reading: fixture(name)).load(into: weights, of: model.graph)
    }
    #expect(error.description.contains(words) && error.description.contains(name), "\(error.description)")
    #expect(weights.byPath.values.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  static let pair = """
    {"class_name":"Sequential","config":{"name":"pair","build_input_shape":[null,3],"layers":[
    {"class_name":"Dense","config":{"name":"first","units":2}},
    {"class_name":"Dense","config":{"name":"second","units":2,"use_bias":false}}]}}
    """

  /// Writes a weights-only file, lets the body change it, and loads it into `pair`.
  private func load(
    first: String = "first", second: String = "second", layers: [String]? = nil,
    _ change: (Group) throws -> Void = { _ in }
  ) throws -> [String: [Float]] {
    try withTemporaryPath { path in
      let file = try File(creating: path)
      try file.root.attributes.set("layer_names", layers ?? [first, second])
      for (name, variables) in [(first, ["kernel:0", "bias:0"]), (second, ["kernel:0"])] {
        let group = try file.root.createGroup(name)
        try group.attributes.set("weight_names", variables)
      }
      try file.root.write("\(first)/kernel:0", [1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])
      try file.root.write("\(first)/bias:0", [7, 8] as [Float])
      try file.root.write("\(second)/kernel:0", [9, 10, 11, 12] as [Float], shape: [2, 2])
      try change(file.root)
      try file.close()
      let pair = try graph(RefusedFileTests.pair)
      let weights = Weights(ParameterTable(pair))
      try KerasWeights(reading: path).load(into: weights, of: pair)
      return weights.byPath
    }
  }

  @Test func matchesByNameElseByPosition() throws {
    let wanted: [String: [Float]] = [
      "first/kernel": [1, 2, 3, 4, 5, 6], "first/bias": [7, 8], "second/kernel": [9, 10, 11, 12],
    ]
    #expect(try load() == wanted)
    #expect(try load(layers: ["second", "first"]) == wanted)
    #expect(try load(first: "block1/dense", second: "block2/dense") == wanted)
    #expect(try load(first: "dense_7", second: "dense_8") == wanted)
    let reordered = try load { root in
      try root.group("first").attributes.set("weight_names", ["bias:0", "kernel:0"])
    }
    #expect(reordered == wanted)
  }

  @Test func refusesWhatDoesNotFit() throws {
    func refuses(
      _ words: String, first: String = "first", second: String = "second", layers: [String]? = nil,
      _ change: (Group) throws -> Void = { _ in }
    ) throws {
      let error = try #require(throws: KerasError.self) {
        try load(first: first, second: second, layers: layers, change)
      }
      #expect(error.description.contains(words), "\(error.description)")
    }
    try refuses("'second' are missing", layers: ["first"])
    try refuses("lists a layer twice", layers: ["first", "first"])
    try refuses("layer 'second' has 2 weights", first: "second", second: "first")
    try refuses("'third' is not in the model", layers: ["first", "second", "third"]) { root in
      try root.write("third/kernel:0", [1] as [Float])
      try root.group("third").attributes.set("weight_names", ["kernel:0"])
    }
    try refuses("no group '/third'", layers: ["first", "third"])
    try refuses("no dataset '/first/beta:0'") { root in
      try root.group("first").attributes.set("weight_names", ["kernel:0", "beta:0"])
    }
    try refuses("has 1 weights") { root in try root.group("first").attributes.set("weight_names", ["kernel:0"]) }
    try refuses("int64") { root in
      try root.write("first/count:0", [1, 2] as [Int64])
      try root.group("first").attributes.set("weight_names", ["kernel:0", "count:0"])
    }
    try refuses("in the place of 'bias:0'") { root in
      try root.write("first/other:0", [1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])
      try root.group("first").attributes.set("weight_names", ["bias:0", "other:0"])
    }
    try refuses("lists a weight twice") { root in
      try root.group("first").attributes.set("weight_names", ["bias:0", "bias:0"])
    }
    try refuses("nan at place 1") { root in try root.dataset("first/bias:0").write([7, .nan] as [Float]) }
  }
}
