import Foundation
import HDF5
import Testing

/// Models that prepare their images themselves, in every form that Keras saves: every command must give them images as
/// Keras did. Trained at a rate of nothing, a model says of an image what it said before, whatever becomes of it.
@Suite struct ModelPreparationTests {
  struct Expected: Decodable {
    let numbers: [Double]?
    let outputs: [String: [Double]]
  }

  private static let folder = ConvoyProcess.root.appending(path: "Tests/Fixtures/keras/preparation")
  static let expected: [String: Expected] = {
    let data = try? Data(contentsOf: folder.appending(path: "expected.json"))
    return data.flatMap { try? JSONDecoder().decode([String: Expected].self, from: $0) } ?? [:]
  }()
  static let files = expected.keys.sorted()
  /// One file of each form that has no layer at random and none that follows the batch.
  static let steadyFiles = files.filter { file in
    file.hasSuffix(".k3.keras")
      && !["augmented", "batch_normalization", "geometry", "nested."].contains { file.hasPrefix($0) }
  }

  private struct Line: Decodable {
    struct Prediction: Decodable { let index: Int, probability: Double }
    let file: String
    let predictions: [Prediction]
  }

  private func prepared(_ file: String) throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    for name in ["images", file] {
      try FileManager.default.copyItem(
        at: ModelPreparationTests.folder.appending(path: name), to: convoy.folder.appending(path: name))
    }
    try convoy.write(
      "a.yaml",
      """
      model: \(file)
      data: {train: images, test: images}
      batch: 8
      shards: 2
      epochs: 1
      threads: 1
      optimizer: {name: sgd, rate: 1.0e-12}

      """)
    return convoy
  }

  /// The greatest difference of probabilities from Keras's.
  private func difference(_ convoy: ConvoyProcess, _ model: String, from expected: Expected) throws -> Double {
    let result = try convoy.run(["predict", model, "images", "--top", "2", "--json"])
    try #require(result.status == 0, "\(result.errors)")
    let lines = try result.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    try #require(lines.count == expected.outputs.count)
    return lines.flatMap { line in
      line.predictions.map { abs($0.probability - expected.outputs[line.file]![$0.index]) }
    }.max()!
  }

  @Test(arguments: files) func whatIsSaidOfImagesStays(_ file: String) throws {
    let expected = try #require(ModelPreparationTests.expected[file])
    let convoy = try prepared(file)
    defer { convoy.remove() }
    #expect(try difference(convoy, file, from: expected) < 1e-5)
    // What a batch normalisation has learnt moves at any rate.
    guard !file.hasPrefix("batch_normalization") else { return }
    let train = try convoy.run(["train", "a.yaml", "--output", "run"])
    try #require(train.status == 0, "\(train.errors)")
    let said = (train.output + train.errors).split(separator: "\n").filter { $0.hasPrefix("images are prepared ") }
    #expect(
      said.count == 1
        && said[0].contains(expected.numbers == nil ? "as the backbone was trained" : "by the model itself"), "\(said)")
    #expect(try difference(convoy, "run/last.h5", from: expected) < 1e-5)
    for name in ["m.keras", "m.h5"] {
      #expect(try convoy.run(["export", "run/last.h5", "--output", name]).status == 0)
      #expect(try difference(convoy, name, from: expected) < 1e-5)
    }
  }

  @Test(arguments: steadyFiles) func allCommandsAgree(_ file: String) throws {
    let expected = try #require(ModelPreparationTests.expected[file])
    let convoy = try prepared(file)
    defer { convoy.remove() }
    let loss =
      expected.outputs.reduce(0.0) { $0 - log($1.value[$1.key.contains("disc") ? 0 : 1]) }
      / Double(expected.outputs.count)
    func figures(_ arguments: [String]) throws -> [String: Any] {
      let result = try convoy.run(arguments + ["--json"])
      try #require(result.status == 0, "\(result.errors)")
      return try #require(try JSONSerialization.jsonObject(with: Data(result.lines.last!.utf8)) as? [String: Any])
    }
    func isLoss(_ value: Any?) -> Bool { (value as? Double).map { abs($0 - loss) < 1e-4 } ?? false }
    #expect(isLoss(try figures(["evaluate", file, "--data", "a.yaml"])["loss"]))
    let rates = try figures(["find-rate", "a.yaml", "--steps", "10"])["points"] as? [[String: Any]]
    #expect(isLoss(rates?.first?["loss"]), "\(rates ?? [])")
    let tuned = """
      finetune:
        from: \(file)
        phases: [{freeze: first, steps: 1, rate: 0}]
      data: {train: images, test: images}
      batch: 8
      shards: 2
      threads: 1

      """
    try convoy.write("b.yaml", tuned)
    let finetune = try convoy.run(["train", "b.yaml", "--output", "tuned"])
    try #require(finetune.status == 0, "\(finetune.errors)")
    #expect(try difference(convoy, "tuned/last.h5", from: expected) < 1e-5)
    #expect(isLoss(try figures(["evaluate", "tuned/last.h5"])["loss"]))
    // Features of the file and of the checkpoint.
    var rows: [[Float]] = []
    for model in [file, "tuned/last.h5"] {
      let result = try convoy.run([
        "features", model, "--data", "a.yaml", "--output", "f.h5", "--overwrite", "--layer", "first",
      ])
      try #require(result.status == 0, "\(result.errors)")
      rows.append(try File(reading: convoy.path("f.h5")).root.dataset("features").read())
    }
    #expect(rows[0] == rows[1] && rows[0].contains { $0 > 0 })
    guard expected.numbers != nil, file.hasPrefix("rescaling.") else { return }
    for key in ["mode=tf", "scale=1/255", "standardize=imagenet"] {
      for command in [["train", "a.yaml", "--output", "no"], ["evaluate", file, "--data", "a.yaml"]] {
        let result = try convoy.run(command + ["--set", "preprocessing.\(key)"])
        #expect(
          result.status == 2 && result.complaints.first?.contains("which would be done twice") == true,
          "\(result.errors)")
      }
    }
  }

  /// Layers of a configuration, and a network of Keras's by its name.
  @Test(arguments: [
    "{input: [32, 32, 3], layers: [{Rescaling: {scale: 0.00392156862745098}}, {Conv2D: {filters: 3, kernel_size: 3}}, "
      + "Flatten, {Dense: {units: 2}}]}",
    "keras:efficientnetb0",
  ]) func modelsOfConfigurations(_ model: String) throws {
    let convoy = try prepared("rescaling.k3.keras")
    defer { convoy.remove() }
    let size = model.hasPrefix("keras") ? "" : ", resize: true"
    try convoy.write("c.yaml", "model: \(model)\ndata: {train: images\(size)}\nbatch: 8\nshards: 2\nthreads: 1\n")
    let result = try convoy.run(["train", "c.yaml", "--output", "run", "--max-steps", "1"])
    try #require(result.status == 0, "\(result.errors)")
    #expect(
      (result.output + result.errors).contains("images are prepared by the model itself, in 'rescaling"),
      "\(result.output)")
    #expect(
      try convoy.run(["inspect", "run/last.h5"]).output.contains(
        "preprocessing: {\"mode\":\"none\"}\nnumbers: 0 to 255"))
  }
}
