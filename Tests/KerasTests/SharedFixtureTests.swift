import Foundation
import HDF5
import Keras
import Networks
import Testing

/// Every model of ../shared/keras/fixtures in every dialect, where that folder is present: its outputs are Keras's.
struct SharedFixtureTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/keras/fixtures").standardized

  static let files: [String] = {
    let models = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return models.filter { FileManager.default.fileExists(atPath: folder.path + "/\($0)/meta.json") }.sorted().flatMap {
      model in
      ["k2.h5", "k2_weights.h5", "k2.weights.h5", "k2.keras", "k3.h5", "k3.weights.h5", "k3.keras"].map {
        "\(model)/\($0)"
      }
      .filter { FileManager.default.fileExists(atPath: "\(folder.path)/\($0)") }
    }
  }()

  @Test(.enabled(if: !files.isEmpty, "../shared/keras/fixtures is absent"), arguments: files)
  func outputsAreThoseOfKeras(_ name: String) throws {
    let path = "\(SharedFixtureTests.folder.path)/\(name)"
    let folder = URL(filePath: path).deletingLastPathComponent().path
    let isOlder = name.contains("/k2")
    let whole = ["k2.h5", "k3.keras", "k3.h5"].filter { !name.contains("weights") || isOlder || !$0.hasPrefix("k2") }
    let source =
      name.contains("weights") ? whole.map { "\(folder)/\($0)" }.first(where: FileManager.default.fileExists) : path
    let model = try KerasModel(reading: try #require(source))
    let weights = Weights(ParameterTable(model.graph))
    try KerasWeights(reading: path).load(into: weights, of: model.graph)
    let golden = try File(reading: "\(folder)/golden.h5").root
    let differs = try golden.contains("outputs_k2") && isOlder
    let inputs = try model.graph.inputs.indices.map { index in
      let values = try golden.dataset("inputs/\(index)").read(Float.self)
      return model.graph.channelsFirstInputs.contains(index)
        ? channelsLast(values, model.graph.inputShapes[index]) : values
    }
    let outputs = try Inference(model.graph, weights: weights).run(inputs).outputs
    for (index, output) in outputs.enumerated() {
      let wanted = try golden.dataset("\(differs ? "outputs_k2" : "outputs")/\(index)").read(Float.self)
      #expect(difference(output, wanted) <= 1e-5, "\(name), output \(index)")
    }
  }
}
