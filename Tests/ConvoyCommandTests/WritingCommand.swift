import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// A command that leaves files behind, as it is given in a folder that `ConvoyProcess.forWriting` has made.
struct WritingCommand: CustomTestStringConvertible, Sendable {
  /// Two words of a command inside another one.
  let name: String
  /// What follows the name; it writes into or as `output`.
  let arguments: [String]
  /// What tells that it has done its work.
  let file: String
  /// The same command, told to write over what it reads, and that file.
  var overInput: (arguments: [String], file: String)?

  var testDescription: String { name }

  var words: [String] { name.split(separator: " ").map(String.init) }

  static let all = [
    WritingCommand(
      name: "train", arguments: ["a.yaml", "--output", "output", "--max-steps", "3"], file: "output/last.h5"),
    WritingCommand(
      name: "find-rate", arguments: ["a.yaml", "--steps", "10", "--output", "output"], file: "output/rates.csv"),
    WritingCommand(
      name: "evaluate", arguments: data + ["--split", "train", "--output", "output"], file: "output/evaluation.json"),
    WritingCommand(
      name: "features", arguments: data + ["--layer", "flatten", "--output", "output.h5"], file: "output.h5",
      overInput: (data + ["--layer", "flatten", "--output", "model.h5"], "model.h5")),
    WritingCommand(
      name: "import", arguments: ["model.h5", "--output", "output.keras"], file: "output.keras",
      overInput: (["model.h5", "--output", "./model.h5"], "model.h5")),
    WritingCommand(
      name: "convolve", arguments: ["windows.h5", "--output", "output.h5"], file: "output.h5",
      overInput: (["windows.h5", "--output", "./windows.h5"], "windows.h5")),
    WritingCommand(
      name: "export", arguments: ["model.h5", "--output", "output.safetensors"], file: "output.safetensors",
      overInput: (["model.h5", "--output", "link.h5"], "model.h5")),
    WritingCommand(
      name: "forward", arguments: ["model.h5", "inputs.h5", "output.h5"], file: "output.h5",
      overInput: (["model.h5", "inputs.h5", "inputs.h5"], "inputs.h5")),
    WritingCommand(
      name: "predict", arguments: ["model.h5", "images", "--overlays", "output"], file: "output/0.png",
      overInput: (["model.h5", "images", "--overlays", "images"], "images/0.png")),
    WritingCommand(
      name: "data check", arguments: ["data.csv", "--json", "output.json"], file: "output.json",
      overInput: (["data.csv", "--json", "./data.csv"], "data.csv")),
    WritingCommand(
      name: "data pack", arguments: ["data.csv", "--output", "output.h5"], file: "output.h5",
      overInput: (["data.csv", "--output", "./data.csv"], "data.csv")),
    WritingCommand(
      name: "data preview", arguments: ["a.yaml", "--samples", "3", "--out", "output.png"], file: "output.png",
      overInput: (["a.yaml", "--out", "a.yaml"], "a.yaml")),
    WritingCommand(
      name: "bench", arguments: ["lenet5", "--batch", "16", "--steps", "1", "--trace", "output.json"],
      file: "output.json"),
  ]

  private static let data = ["model.h5", "--data", "a.yaml"]
}

extension ConvoyProcess {
  /// A folder with a configuration, a model that it has trained, a link to that, and inputs.
  static func forWriting() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess.forTraining(epochs: 1)
    let run = try convoy.run(["train", "a.yaml", "--output", "first", "--max-steps", "1"])
    try #require(run.status == 0, "\(run.errors)")
    let files = FileManager.default
    try files.copyItem(atPath: convoy.path("first/last.h5"), toPath: convoy.path("model.h5"))
    try files.createSymbolicLink(atPath: convoy.path("link.h5"), withDestinationPath: "model.h5")
    try convoy.writeInputs("inputs.h5")
    try files.createDirectory(atPath: convoy.path("images"), withIntermediateDirectories: true)
    for index in 0..<40 {
      try convoy.writePicture(
        "images/\(index).png", height: 28, width: 28, channels: 1,
        (0..<28 * 28).map { UInt8(truncatingIfNeeded: $0 * (index + 1)) })
    }
    try convoy.write("data.csv", (["image"] + (0..<8).map { "images/\($0).png" }).joined(separator: "\n"))
    let windows = try Sequential("windows", input: [8, 8, 1]) {
      Conv2D(2, kernel: 3)
      Flatten()
      Dense(3, activation: .softmax)
    }.graph()
    try File.replace(convoy.path("windows.h5")) { file in
      try KerasModel.write(windows, Weights(ParameterTable(windows)), to: file)
    }
    return convoy
  }
}
