import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Every command that lacks memory says so in a sentence, with a status of the table.
@Suite(.serialized) struct MemoryTests {
  private static let image = ConvoyProcess.root.appending(path: "Tests/Fixtures/images/rgb.png")

  /// A model of few weights and many activations, images of two classes, samples, and configurations.
  private func prepared() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    let start = Symbol.input([1024, 1024, 3])
    let wide = GlobalAveragePooling2D()(
      Conv2D(64, kernel: 3, padding: .same)(Conv2D(64, kernel: 3, padding: .same)(start)))
    let graph = try Graph("wide", inputs: [start], outputs: [Dense(2, activation: .softmax)(wide)])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 1)
    try File.replace(convoy.path("wide.h5")) { file in try KerasModel.write(graph, weights, to: file) }
    try File.replace(convoy.path("in.h5")) { file in
      try file.root.write("inputs/0", [Float](repeating: 0.5, count: 1024 * 1024 * 3), shape: [1, 1024, 1024, 3])
    }
    for name in ["cats", "dogs"] {
      let folder = convoy.folder.appending(path: "images/\(name)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: MemoryTests.image, to: folder.appending(path: "0.png"))
    }
    let common =
      "data: {train: images, test: images, resize: true}\npreprocessing: {scale: 1/255}\nbatch: 32\nshards: 2\nepochs: "
      + "1\nthreads: 2\n"
    try convoy.write("wide.yaml", "model: wide.h5\n" + common)
    try convoy.write("vgg.yaml", "model: vgg16\n" + common)
    return convoy
  }

  /// What a command line asks for does not fit into 1.5 GB.
  @Test(arguments: [
    ["train", "wide.yaml"], ["train", "vgg.yaml"], ["find-rate", "wide.yaml"],
    ["evaluate", "wide.h5", "--data", "wide.yaml"],
    ["features", "wide.h5", "--data", "wide.yaml", "--output", "f.h5"], ["forward", "wide.h5", "in.h5", "out.h5"],
    ["predict", "wide.h5", "images", "--preprocessing", "{scale: 1/255}"],
    ["bench", "vgg16", "--infer", "--batch", "2048"],
    ["bench", "vgg16", "--batch", "64"], ["bench", "resnet18", "--kernels", "--batch", "4096"],
  ])
  func commandsSayWhatIsMissing(_ arguments: [String]) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let result = try convoy.run(arguments, addressLimit: 1_500_000)
    #expect(!result.wasKilled && result.status == 2, "\(result.status): \(result.errors.prefix(600))")
    #expect(
      result.errors.split(separator: "\n").count == 1 && result.errors.contains("(ulimit -v) leaves "),
      "\(result.errors.prefix(600))")
    #expect(!convoy.exists("out.h5") && !convoy.exists("f.h5"))
  }

  /// What the shell leaves, from less than libraries need to start, so that threads are missing, to less than the run
  /// needs: never a crash, never a wait, one sentence.
  @Test(
    arguments: ["-d 8000", "-d 16000", "-d 24000", "-d 32000", "-d 40000", "-d 60000", "-d 80000", "-d 100000"]
      + ["-v 150000", "-v 180000", "-v 200000", "-v 220000", "-v 250000"], [nil, 1, 2] as [Int?])
  func littleMemoryIsSaid(_ limit: String, _ ranks: Int?) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try convoy.write(
      "a.yaml",
      "model: lenet5\ndata: {train: \"synthetic:64\"}\nbatch: 64\nshards: 2\nepochs: 1\nthreads: 1\n")
    let start = ContinuousClock.now
    let result = try convoy.run(["train", "a.yaml", "--output", "run"], ranks: ranks, limit: limit)
    #expect(ContinuousClock.now - start < .seconds(30))
    // A rank by itself needs less: some of these suffice.
    if ranks != 2, result.status == 0 { return }
    #expect(!result.wasKilled && result.status == 2, "\(result.status): \(result.errors.prefix(600))")
    let lines = result.errors.split(separator: "\n")
    #expect(
      lines.count == 1 && result.errors.contains("the shell (ulimit \(limit.prefix(2))) leaves "),
      "\(result.errors.prefix(600))")
  }

  /// More than any machine has, on ranks of one machine: said once.
  @Test(arguments: ["batch=1073741824", "model={name: resnet50, input: [60000, 60000, 3]}"]) func absurdSizesAreRefused(
    _ setting: String
  ) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try convoy.write(
      "a.yaml", "model: resnet50\ndata: {train: \"synthetic:64\"}\nbatch: 64\nshards: 2\nepochs: 1\nthreads: 1\n")
    let result = try convoy.run(["train", "a.yaml", "--set", setting], ranks: 2)
    #expect(!result.wasKilled && result.complaints.count == 1, "\(result.errors.prefix(600))")
    #expect(!result.errors.contains("crashed") && result.status == 2, "\(result.status)")
  }
}
