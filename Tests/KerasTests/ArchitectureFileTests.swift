import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// Architectures in files of their own, and weights that are matched by their order.
struct ArchitectureFileTests {
  private func architecture(of name: String) throws -> JSONValue {
    let text = try File(reading: fixture(name)).root.attributes.string("model_config")
    return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  /// As `model.to_json()` gives it, and as a string that a JSON encoder made of that.
  @Test(arguments: ["lenet/k2.h5", "lenet/k3.h5"], [false, true])
  func architecturesAreRead(_ name: String, _ isString: Bool) throws {
    let model = try KerasModel(reading: fixture(name))
    try withTemporaryPath { path in
      let text = String(decoding: try JSONEncoder().encode(architecture(of: name)), as: UTF8.self)
      let data = isString ? try JSONEncoder().encode(text) : Data(text.utf8)
      let path = path.replacing(".h5", with: ".json")
      try data.write(to: URL(filePath: path))
      #expect(try ModelFileFormat(of: path) == .architecture)
      #expect(try KerasModel.architecture(reading: path).difference(from: model.graph) == nil)
      let error = try #require(throws: KerasError.self) { try KerasModel(reading: path) }
      #expect(error.description.contains("--into"))
      #expect(throws: KerasError.self) { try KerasWeights(reading: path) }
    }
  }

  /// Weights by layer whose names the model does not know, in the order of the file.
  private func notice(_ names: [String]) throws -> String? {
    let layers = ["first", "second", "third"]
    let input = Symbol.input([4])
    let output = layers.reduce(input) { Dense(4)($0, name: $1) }
    let graph = try Graph("m", inputs: [input], outputs: [output])
    return try withTemporaryPath { path in
      let file = try File(creating: path)
      try file.root.attributes.set("layer_names", names)
      try file.root.attributes.set("keras_version", "2.4.0")
      for name in names {
        let group = try file.root.createGroup(name)
        try group.attributes.set("weight_names", ["\(name)/kernel:0", "\(name)/bias:0"])
        _ = try group.write("\(name)/kernel:0", [Float](repeating: 1, count: 16), shape: [4, 4])
        _ = try group.write("\(name)/bias:0", [Float](repeating: 1, count: 4), shape: [4])
      }
      try file.close()
      let mapping = try KerasWeights(reading: path).mapping(onto: graph)
      #expect(mapping.problems.isEmpty && mapping.matches.count == 6)
      return mapping.notices.first
    }
  }

  /// All fits, but the layers may be in another order than the model's.
  @Test func fallingNumbersAreNoticed() throws {
    #expect(try notice(["fc1", "fc2", "fc10"]) == nil)
    #expect(try notice(["first", "second", "third"]) == nil)
    let sentence = try #require(try notice(["fc2", "fc1", "fc3"]))
    #expect(sentence.contains("'fc2' comes before 'fc1'") && sentence.contains("'second'"))
  }
}
