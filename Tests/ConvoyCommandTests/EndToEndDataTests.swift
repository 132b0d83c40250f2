import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Runs the built command on data and models that the tests make.
@Suite(.serialized) struct EndToEndDataTests {
  private static let images = ConvoyProcess.root.appending(path: "Tests/Fixtures/images")

  private static let configuration = """
    model: {input: [8, 8, 3], layers: [Flatten, Dense: {units: 2, activation: softmax}]}
    data: {train: images, resize: true}
    batch: 4
    shards: 2
    epochs: 2

    """

  /// A folder with a configuration and images of two classes, four of each.
  private func prepared() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try convoy.write("a.yaml", EndToEndDataTests.configuration)
    for (name, image) in [("cats", "rgb.png"), ("dogs", "full.jpg")] {
      let folder = convoy.folder.appending(path: "images/\(name)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for index in 0..<4 {
        let source = EndToEndDataTests.images.appending(path: image)
        try FileManager.default.copyItem(at: source, to: folder.appending(path: "\(index).\(source.pathExtension)"))
      }
    }
    return convoy
  }

  @Test func trainsOnImagesAndPredicts() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let run = try convoy.run(["train", "a.yaml"])
    #expect(run.status == 0, "\(run.errors)")
    let result = try convoy.run(["predict", "runs/a/last.h5", "images/cats/0.png", "images/dogs"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.lines.count == 5)
    #expect(result.lines[0].contains(try Regex(#"^images/cats/0.png: (cats|dogs) [0-9.]+ %$"#)))
    #expect(result.lines[4].hasPrefix("images/dogs/3.jpg: "))
    let json = try convoy.run(["predict", "runs/a/last.h5", "images/dogs/1.jpg", "--top", "5", "--json"])
    let line = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let predictions = try #require(line?["predictions"] as? [[String: Any]])
    #expect(Set(predictions.compactMap { $0["class"] as? String }) == ["cats", "dogs"])
    let probabilities = predictions.compactMap { $0["probability"] as? Double }
    #expect(probabilities == probabilities.sorted(by: >))
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
  }

  @Test func evaluatesOnImagesOfTheSameClassesOnly() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml", "--output", "run"]).status == 0)
    let plain = try convoy.run(["evaluate", "run/last.h5", "--split", "train"])
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(plain.lines[0].hasPrefix("train loss ") && plain.lines[1].hasPrefix("top-1 "))
    #expect(!plain.output.contains("top-5"), "of two classes every label is among the five most probable")
    #expect(plain.lines.contains { $0.hasPrefix("cats        4  ") }, "\(plain.output)")
    let none = try convoy.run(["evaluate", "run/last.h5"])
    #expect(none.status == 2)
    #expect(none.complaints.first?.hasSuffix("names no test data; add 'data.test', or choose another --split.") == true)
    try FileManager.default.moveItem(atPath: convoy.path("images/dogs"), toPath: convoy.path("images/cows"))
    let other = try convoy.run(["evaluate", "run/last.h5", "--set", "data.test=images"])
    #expect(other.status == 3)
    #expect(
      other.complaints.first?.contains("images/cows: holds images of a class that is not among cats, dogs;") == true)
  }

  @Test func featuresOfImages() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml", "--output", "run", "--max-steps", "1"]).status == 0)
    let one = try convoy.run(["features", "run/last.h5", "--output", "one.h5"])
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output == "8 rows of shape (192,) from layer 'flatten' in one.h5\n")
    #expect(try convoy.run(["features", "run/last.h5", "--output", "three.h5"], ranks: 3).status == 0)
    let (root, other) = (try File(reading: convoy.path("one.h5")).root, try File(reading: convoy.path("three.h5")).root)
    let rows: [Float] = try root.dataset("features").read()
    #expect(try root.dataset("features").shape == [8, 192] && other.dataset("features").read() == rows)
    #expect(try root.dataset("labels").read(Int64.self) == [0, 0, 0, 0, 1, 1, 1, 1])
    #expect(try root.dataset("files").readStrings().map { String($0.suffix(11)) }.first == "/cats/0.png")
    #expect(try root.attributes.strings("class_names") == ["cats", "dogs"])
    // Those of the first image are those of its copies, and not those of the dogs.
    #expect(rows[0..<192] == rows[192..<384] && rows[0..<192] != rows[768..<960])
    let dense = try convoy.run(["features", "run/last.h5", "--layer", "dense", "--output", "dense.h5"])
    #expect(dense.output.hasPrefix("8 rows of shape (2,) from layer 'dense'"))
    let wrong = try convoy.run(["features", "run/last.h5", "--layer", "conv", "--output", "wrong.h5"])
    #expect(wrong.status == 2 && wrong.complaints.first?.hasPrefix("convoy: --layer: there is no layer 'conv'") == true)
    #expect(!convoy.exists("wrong.h5"))
  }

  /// A model with given outputs for every image: no kernel, biases only.
  private func constantModel(_ biases: [Float], _ activation: ActivationFunction, _ convoy: ConvoyProcess) throws {
    let graph = try Sequential("plain", input: [8, 8, 3]) {
      Flatten()
      Dense(biases.count, activation: activation)
    }.graph()
    let weights = Weights(ParameterTable(graph))
    let bias = try #require(weights.table.entries.first { $0.path.hasSuffix("bias") })
    weights[bias].replace(with: biases)
    try File.replace(convoy.path("plain.h5")) { file in try KerasModel.write(graph, weights, to: file) }
  }

  @Test func probabilitiesAndNamesOfKerasFiles() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let predict = ["predict", "plain.h5", "images/cats/0.png", "--preprocessing", "{scale: 1/255}", "--top", "2"]
    var biases = [Float](repeating: 0, count: 1000)
    (biases[0], biases[999]) = (12, 11)
    try constantModel(biases, .softmax, convoy)
    let named = try convoy.run(predict)
    #expect(
      named.output.contains(/0\.png: tench 7[0-9.]+ %, toilet tissue 2[0-9.]+ %/), "\(named.output)\(named.errors)")
    // One sigmoid tells two classes apart; several are multi-label.
    try constantModel([1.0986123], .sigmoid, convoy)
    #expect(try convoy.run(predict).output.hasSuffix("0.png: 1 75.00 %, 0 25.00 %\n"))
    try constantModel([1.0986123], .linear, convoy)
    #expect(try convoy.run(predict).output.hasSuffix("0.png: 1 75.00 %, 0 25.00 %\n"))
    try constantModel([1.0986123, 1.0986123, 0], .sigmoid, convoy)
    #expect(try convoy.run(predict).output.hasSuffix("0.png: 0 75.00 %, 1 75.00 %\n"))
    try constantModel([0, 1], .tanh, convoy)
    let refused = try convoy.run(predict)
    #expect(refused.status == 3)
    #expect(
      refused.complaints.first?.contains(
        "the output 'dense' of the model 'plain' has the function 'tanh', which gives no probabilities of classes")
        == true, "\(refused.errors)")
    // One number may be anything: what it is taken for is said, and what it is can be.
    try constantModel([1.0986123], .linear, convoy)
    #expect(try convoy.run(predict).errors.contains("say '--task regression' where it is a number"))
    #expect(try convoy.run(predict + ["--task", "regression"]).output.hasSuffix("0.png: numbers 1.099\n"))
  }

  /// Predictions are made of what is read; where something cannot be, all that cannot is named.
  @Test func predictNamesAllCorruptImages() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    try constantModel([0, 1], .softmax, convoy)
    for name in ["0.jpg", "2.jpg"] {
      let image = convoy.path("images/dogs/\(name)")
      try Data(try Data(contentsOf: URL(fileURLWithPath: image)).prefix(200)).write(to: URL(fileURLWithPath: image))
    }
    let sound = (0..<16).map { _ in "images/cats/0.png" }
    let result = try convoy.run(
      ["predict", "plain.h5"] + sound + ["images/dogs", "--preprocessing", "{scale: 1/255}"])
    #expect(result.status == 3 && result.lines.count == 16, "\(result.output)\(result.errors)")
    #expect(
      result.complaints.count == 1 && result.errors.contains("dogs/0.jpg") && result.errors.contains("dogs/2.jpg"),
      "\(result.errors)")
  }

  @Test func aCorruptImageEndsTheRunOnAllRanks() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let image = convoy.path("images/dogs/2.jpg")
    try Data(try Data(contentsOf: URL(fileURLWithPath: image)).prefix(200)).write(to: URL(fileURLWithPath: image))
    for ranks in [nil, 2] {
      let result = try convoy.run(["train", "a.yaml"], ranks: ranks)
      #expect(result.status != 0)
      #expect(result.complaints.count == 1, "\(result.errors)")
      #expect(result.complaints.first?.contains("images/dogs/2.jpg: ") == true, "\(result.errors)")
      #expect(!convoy.exists("runs/a/last.h5"))
    }
  }

  @Test func ranksWithDifferentConfigurations() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let train = ["train", "a.yaml", "--set", "batch=6", "--set", "shards=3", "--set"]
    let result = try convoy.run(ranksWith: [train + ["seed=1"], train + ["seed=2"], train + ["seed=1"]])
    #expect(result.status != 0)
    #expect(result.complaints.count == 1, "\(result.errors)")
    #expect(result.complaints.first?.hasPrefix("convoy: the configuration of rank 1 on ") == true, "\(result.errors)")
    // One rank cannot even read its configuration: the others hear of it.
    let unreadable = try convoy.run(ranksWith: [["train", "a.yaml"], ["train", "b.yaml"]])
    #expect(unreadable.status != 0)
    #expect(unreadable.complaints.count == 1)
    #expect(unreadable.complaints.first?.hasPrefix("convoy: rank 1 on ") == true)
    #expect(
      unreadable.complaints.first?.hasSuffix(": b.yaml: there is no such file; give the path of a YAML file.") == true)
  }

  @Test func aCheckpointOfAnotherArchitecture() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml"]).status == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: convoy.path("runs/a/last.h5")))
    let other = "model={input: [8, 8, 3], layers: [Flatten, Dense: {units: 3}, Dense: {units: 2}]}"
    let result = try convoy.run(["train", "a.yaml", "--resume", "--set", other])
    #expect(result.status == 2 || result.status == 3)
    #expect(result.complaints.first?.contains("runs/a/last.h5") == true, "\(result.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: convoy.path("runs/a/last.h5"))) == before)
  }

  @Test func forwardGivesOutputsAndActivations() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml", "--max-steps", "1"]).status == 0)
    let count = 20
    let samples = (0..<count * 192).map { Float($0 % 97) / 97 }
    try File.replace(convoy.path("in.h5")) { file in try file.root.write("inputs/0", samples, shape: [count, 8, 8, 3]) }
    let result = try convoy.run(["forward", "runs/a/last.h5", "in.h5", "out.h5", "--layers", "flatten,dense,flatten"])
    #expect(result.status == 0, "\(result.errors)")
    let file = try File(reading: convoy.path("out.h5"))
    #expect(try file.root.dataset("outputs/0").shape == [count, 2])
    let outputs: [Float] = try file.root.dataset("outputs/0").read()
    #expect(stride(from: 0, to: outputs.count, by: 2).allSatisfy { abs(outputs[$0] + outputs[$0 + 1] - 1) < 1e-6 })
    #expect(try file.root.dataset("activations/flatten").read() == samples)
    #expect(try file.root.dataset("activations/dense").read() == outputs)
  }

  @Test func forwardRefuses() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml", "--max-steps", "1"]).status == 0)
    try File.replace(convoy.path("in.h5")) { file in
      try file.root.write("inputs/0", [Float](repeating: 0, count: 12), shape: [1, 2, 2, 3])
    }
    let shape = try convoy.run(["forward", "runs/a/last.h5", "in.h5", "out.h5"])
    #expect(shape.status == 3)
    #expect(
      shape.complaints == [
        "convoy: in.h5: /inputs/0 has shape [1, 2, 2, 3], but the model takes samples of shape (8, 8, 3); give it the "
          + "shape (N, 8, 8, 3)."
      ])
    let layer = try convoy.run(["forward", "runs/a/last.h5", "in.h5", "out.h5", "--layers", "conv2d"])
    #expect(layer.status == 2)
    #expect(layer.complaints.first?.hasPrefix("convoy: --layers: there is no layer 'conv2d'") == true)
    #expect(!convoy.exists("out.h5"))
  }

  @Test func kerasFilesDoNotSayHowImagesArePrepared() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let graph = try Sequential("plain", input: [8, 8, 3]) {
      Flatten()
      Dense(2)
    }.graph()
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 0)
    try File.replace(convoy.path("plain.h5")) { file in try KerasModel.write(graph, weights, to: file) }
    let predict = ["predict", "plain.h5", "images/cats/0.png"]
    let without = try convoy.run(predict)
    #expect(without.status == 2)
    #expect(without.complaints.first?.contains("add --preprocessing '{scale: 1/255}'") == true)
    #expect(try convoy.run(predict + ["--preprocessing", "{scale: 1/255}"]).status == 0)
    let wrong = try convoy.run(predict + ["--preprocessing", "{skale: 1/255}"])
    #expect(
      wrong.complaints.first?.hasPrefix("convoy: --preprocessing:1: 'skale' is not a key; did you mean 'scale'?")
        == true)
  }
}
