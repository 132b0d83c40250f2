import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// `convoy import`, `export`, `inspect` and `forward` on files of every format.
@Suite struct ImportTests {
  private static func fixture(_ name: String) -> String {
    ConvoyProcess.root.appending(path: "Tests/Fixtures/keras/\(name)").path
  }

  private func run(_ arguments: String...) throws -> ConvoyProcess.Result {
    let process = try ConvoyProcess()
    defer { process.remove() }
    return try process.run(arguments)
  }

  @Test func theTableSaysHowArraysWereMatched() throws {
    let result = try run(
      "import", ImportTests.fixture("variants/lenet.theano.k2_weights.h5"), "--into",
      ImportTests.fixture("lenet/k3.keras"))
    #expect(result.status == 0, "\(result.errors)")
    let row = try #require(result.lines.first { $0.contains("c1/kernel ") })
    #expect(
      row.split(separator: " ").map(String.init) == [
        "/c1/c1/kernel:0", "c1/kernel", "path", "(5,", "5,", "3,", "6)", "flipped",
      ])
    #expect(
      result.lines.last == "coverage: 100.0 % of the model (977 of 977 numbers), 100.0 % of the file (8 of 8 arrays)")
  }

  @Test func whatIsLeftIsAnErrorUnlessAllowed() throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    let (file, target) = (ImportTests.fixture("lenet/k2_weights.h5"), process.path("wide.h5"))
    // The same network with more classes.
    var result = try process.run(["import", ImportTests.fixture("lenet/k3.h5"), "--new-head", "7", "--output", target])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("new head: 'dense_1' with 7 classes instead of /model_weights/dense_1/"))
    result = try process.run(["import", file, "--into", target])
    #expect(result.status == 3 && result.lines.last?.hasPrefix("coverage: 92.2 % of the model") == true)
    #expect(
      result.complaints.count == 1 && result.complaints[0].contains("'dense_1/kernel' has [10, 7]"), "\(result.errors)")
    result = try process.run(["import", file, "--into", target, "--allow-partial", "*dense_1*"])
    #expect(result.status == 0)
    result = try process.run(["import", file, "--into", target, "--allow-partial", "*", "--allow-partial", "nothing"])
    #expect(result.status == 2 && result.errors.contains("'nothing'"))
    result = try process.run(["import", file])
    #expect(result.status == 2 && result.errors.contains("--into"))
    result = try process.run(["import", file, "--into", "resnet9"])
    #expect(result.status == 2 && result.errors.contains("resnet9"))
  }

  @Test func everyFormatRunsForward() throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    let (model, golden) = (ImportTests.fixture("lenet/k3.keras"), ImportTests.fixture("lenet/golden.h5"))
    func outputs(_ arguments: [String]) throws -> [Float] {
      let result = try process.run(
        ["forward"] + arguments.prefix(1) + [golden, "outputs.h5", "--overwrite"] + arguments.dropFirst())
      #expect(result.status == 0, "\(result.errors)")
      return try File(reading: process.path("outputs.h5")).root.dataset("outputs/0").read()
    }
    let wanted = try outputs([model])
    for (format, name) in [
      ("keras", "a.keras"), ("weights", "a.weights.h5"), ("h5", "a.h5"), ("h5-weights", "b.h5"),
      ("safetensors", "a.safetensors"),
    ] {
      let result = try process.run(["export", model, "--format", format, "--output", name])
      #expect(result.status == 0, "\(result.errors)")
      let hasArchitecture = ["keras", "h5"].contains(format)
      #expect(try outputs([name] + (hasArchitecture ? [] : ["--into", model])) == wanted)
      let inspected = try process.run(["inspect", name])
      #expect(
        inspected.status == 0
          && inspected.output.contains(hasArchitecture ? "AveragePooling2D" : "without an architecture"))
      #expect(inspected.output.contains(hasArchitecture ? "977" : "977"))
    }
    let result = try process.run(["forward", "b.h5", golden, "outputs.h5", "--overwrite"])
    #expect(result.status == 3 && result.errors.contains("only weights"))
  }

  @Test func samplesSettleTheOpenSizesOfAnotherFile() throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    let model = ImportTests.fixture("odd/open_sizes.keras3.keras")
    let golden = "\(model).golden.h5"
    let shape = try File(reading: golden).root.dataset("inputs/0").shape.dropFirst().map(String.init).joined(
      separator: ",")
    var result = try process.run(["export", model, "--output", "w.safetensors", "--input", shape])
    #expect(result.status == 0, "\(result.errors)")
    result = try process.run(["forward", "w.safetensors", golden, "outputs.h5", "--overwrite", "--into", model])
    #expect(result.status == 0, "\(result.errors)")
    let outputs: [Float] = try File(reading: process.path("outputs.h5")).root.dataset("outputs/0").read()
    let wanted: [Float] = try File(reading: golden).root.dataset("outputs/0").read()
    #expect(zip(outputs, wanted).allSatisfy { abs($0 - $1) < 1e-5 } && outputs.count == wanted.count)
  }

  /// The fixture's embedding has 20 vectors.
  @Test func numbersWithoutAVectorAreRefused() throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    let model = ImportTests.fixture("odd/masked_average.keras3.keras")
    for number in [20, -1, Float.nan] as [Float] {
      try? FileManager.default.removeItem(atPath: process.path("inputs.h5"))
      let file = try File(creating: process.path("inputs.h5"))
      _ = try file.root.write("inputs/0", [Float](repeating: 3, count: 11) + [number], shape: [1, 12])
      try file.close()
      let result = try process.run(["forward", model, "inputs.h5", "outputs.h5", "--overwrite"])
      #expect(
        result.status == 3 && result.errors.contains("place 11") && result.errors.contains("0 to 19"),
        "\(result.errors)")
    }
  }

  @Test func aBuiltInNetworkTakesWeightsOfItsShape() throws {
    let process = try ConvoyProcess()
    defer { process.remove() }
    let graph = try Models.make("resnet20", input: [16, 16, 3], classes: 4)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 2)
    try KerasModel.export(graph, weights, as: .weights, to: process.path("w.weights.h5"))
    let result = try process.run([
      "import", "w.weights.h5", "--into", "resnet20", "--input", "16,16,3", "--classes", "4", "--output", "whole.keras",
      "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("\"matchedBy\" : \"path\""))
    let model = try KerasModel(reading: process.path("whole.keras"))
    let copy = Weights(ParameterTable(model.graph))
    try model.load(into: copy)
    #expect(copy.trainable.values == weights.trainable.values && copy.states.values == weights.states.values)
  }

  @Test func layersAreListed() throws {
    let result = try run("layers")
    #expect(result.status == 0 && result.lines == LayerRegistry.names)
  }
}
