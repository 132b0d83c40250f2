import Datasets
import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Every command that loads a model, with one that takes an image and a number.
@Suite(.serialized) struct SeveralInputTests {
  struct Trial: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    /// A part of what it prints, or complains of; nil where it may say nothing.
    var said: String?
    var status: Int32 = 0
    var file: String?

    var testDescription: String { arguments.prefix(2).joined(separator: " ") }
  }

  private static let trials = [
    Trial(arguments: ["train", "list.yaml", "--output", "again"], said: "epoch 1", file: "again/last.h5"),
    Trial(arguments: ["train", "random.yaml", "--output", "again"], said: "epoch 1", file: "again/last.h5"),
    Trial(arguments: ["find-rate", "random.yaml", "--steps", "10", "--output", "rates"], said: "rate"),
    Trial(arguments: ["evaluate", "run/last.h5"], said: "top-1"),
    Trial(arguments: ["evaluate", "two.keras", "--data", "random.yaml", "--split", "train"], said: "top-1"),
    Trial(
      arguments: ["features", "run/last.h5", "--layer", "both", "--output", "f.h5"], said: "12 rows of shape (5,)",
      file: "f.h5"),
    Trial(
      arguments: ["features", "two.keras", "--data", "random.yaml", "--output", "f.h5"], said: "32 rows of shape (5,)",
      file: "f.h5"),
    Trial(
      arguments: ["features", "run/last.h5", "--layer", "mean", "--output", "f.h5"], said: "12 rows of shape (4,)"),
    Trial(arguments: ["forward", "run/last.h5", "inputs.h5", "out.h5"], file: "out.h5"),
    Trial(arguments: ["predict", "run/last.h5", "list.csv"], said: "images/0.png: "),
    Trial(arguments: ["inspect", "run/last.h5"], said: "size"),
    Trial(arguments: ["inspect", "list.yaml", "--plan"], said: "size"),
    Trial(arguments: ["verify", "run/last.h5"]),
    Trial(arguments: ["export", "run/last.h5", "--output", "m.keras"], file: "m.keras"),
    Trial(arguments: ["import", "two.keras", "--output", "m.h5"], file: "m.h5"),
    Trial(arguments: ["convolve", "two.keras"], said: "input", status: 3),
  ]

  private static func prepare() throws -> ConvoyProcess {
    let convoy = try TaskTrial.all[0].prepare()
    let (image, size) = (Symbol.input([12, 16, 3], name: "image"), Symbol.input([1], name: "size"))
    let features = GlobalAveragePooling2D()(Conv2D(4, kernel: 3, activation: .relu)(image), name: "mean")
    let both = Concatenate()(features, size, name: "both")
    let graph = try Graph(
      "two", inputs: [image, size], outputs: [Dense(2, activation: .softmax)(both, name: "class_output")])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    try KerasModel.export(graph, weights, as: .keras, to: convoy.path("two.keras"))
    let list = try convoy.read("a.yaml").replacing("model.keras", with: "two.keras")
    try convoy.write("list.yaml", list)
    try convoy.write(
      "random.yaml",
      """
      model: two.keras
      data: {train: "synthetic:32"}
      preprocessing: {scale: 1/255}
      batch: 8
      shards: 2
      epochs: 1

      """)
    try File.replace(convoy.path("inputs.h5")) { file in
      _ = try file.root.write("inputs/0", (0..<3 * 12 * 16 * 3).map { Float($0 % 7) }, shape: [3, 12, 16, 3])
      _ = try file.root.write("inputs/1", [1, 2, 3] as [Float], shape: [3, 1])
    }
    let run = try convoy.run(["train", "list.yaml", "--output", "run"])
    try #require(run.status == 0, "\(run.errors)")
    return convoy
  }

  @Test func everyCommand() throws {
    let convoy = try Self.prepare()
    defer { convoy.remove() }
    for trial in Self.trials {
      for file in ["again", "rates", "f.h5", "out.h5", "m.keras", "m.h5"] {
        try? FileManager.default.removeItem(atPath: convoy.path(file))
      }
      let result = try convoy.run(trial.arguments)
      #expect(result.status == trial.status, "\(trial): \(result.errors)")
      let said = (trial.status == 0 ? result.output : result.complaints.joined()) + "\n"
      #expect(said.contains(trial.said ?? said), "\(trial): \(result.output)\(result.errors)")
      if let file = trial.file { #expect(convoy.exists(file), "\(trial)") }
    }
  }

  /// Features are the same on several ranks, and hold what the inputs were: the number comes through a concatenation.
  @Test func featuresOfBothInputs() throws {
    let convoy = try Self.prepare()
    defer { convoy.remove() }
    for (ranks, file) in [(nil, "one.h5"), (3, "three.h5")] as [(Int?, String)] {
      let arguments = ["features", "run/last.h5", "--layer", "both", "--output", file]
      let run = try ranks.map { try convoy.run(arguments, ranks: $0) } ?? convoy.run(arguments)
      #expect(run.status == 0, "\(run.errors)")
    }
    let one: [Float] = try File(reading: convoy.path("one.h5")).root.dataset("features").read()
    let three: [Float] = try File(reading: convoy.path("three.h5")).root.dataset("features").read()
    #expect(one == three && one.count == 60)
    let sizes = try convoy.read("list.csv").split(separator: "\n").dropFirst().map { line in
      Float(line.split(separator: ",")[7])!
    }
    #expect((0..<12).map { one[5 * $0 + 4] } == sizes)
  }

  /// Random samples have a column for each input, and are the same in every run.
  @Test func randomSamples() throws {
    var options = SourceOptions(classes: 5)
    options.inputs = [
      InputColumn("left", takes: "left", shape: [4, 4, 3]), InputColumn("right", takes: "right", shape: [4, 4, 3]),
      InputColumn("age", takes: "age", shape: [2]),
    ]
    let source = try openSource("synthetic:8", options)
    #expect(source.columns.map(\.name) == ["left", "right", "age", "label"])
    let only = try openSource("synthetic:8", SourceOptions(shape: [4, 4, 3], classes: 5))
    for index in 0..<8 {
      var sample = Sample(source.columns)
      try source.read(index, epoch: 0, ColumnSet(0..<4), into: &sample)
      #expect(sample.numbers(of: 0) != sample.numbers(of: 1))
      #expect(sample.numbers(of: 2).allSatisfy { (0..<1).contains($0) } && sample[2, 0] != sample[2, 1])
      #expect(sample.numbers(of: 2) == (0..<2).map { Float(source.number($0, of: 2, at: index)) })
      var image = Sample(only.columns)
      try only.read(index, epoch: 0, ColumnSet(0..<2), into: &image)
      #expect(image.numbers(of: 0) == sample.numbers(of: 0) && image[1, 0] == sample[3, 0])
    }
  }
}
