import Datasets
import HDF5
import Networks
import Tasks
import TestSupport
import Testing
import Training

/// Heads of sigmoids: two classes, and multi-label.
@Suite(.serialized) struct LabelTests {
  /// Sixteen brightnesses, with two labels that depend on them and class names or none.
  private func write(_ folder: String, labels: [Int32], perSample: Int) throws -> String {
    let path = folder + "/data.h5"
    try File.replace(path) { file in
      let images = (0..<64 * 36).map { index -> UInt8 in
        let brightness: Int = (index / 36) % 16
        return UInt8(min(255, 16 * brightness + index % 5))
      }
      _ = try file.root.write("images", images, shape: [64, 6, 6, 1])
      _ = try file.root.write("labels", labels, shape: perSample == 1 ? [64] : [64, perSample])
    }
    return path
  }

  private func run(_ data: String, _ outputs: HeadChoice.Outputs) -> TrainingRun {
    var run = TrainingRun()
    run.recipe.model = .layers(
      [
        .init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3, "activation": "relu"]),
        .init(className: "Dense", values: ["units": 2]),
      ],
      input: [6, 6, 1])
    run.recipe.data = DataChoice(train: data, test: data)
    (run.recipe.batch, run.recipe.shards, run.recipe.augmentation) = (16, 4, [])
    run.recipe.optimizer.name = .adam
    run.recipe.optimizer.momentum = 0
    var phase = PhaseChoice()
    (phase.epochs, phase.rate) = (40, 0.05)
    run.recipe.finetune = FinetuneChoice(phases: [phase])
    run.recipe.finetune!.features = "conv2d"
    run.recipe.finetune!.head = HeadChoice()
    run.recipe.finetune!.head!.outputs = outputs
    return run
  }

  private func train(_ run: TrainingRun, steps: Int = 160) throws -> TrainingSummary {
    let folder = try TemporaryFolder()
    return try run.train(in: folder, steps: steps)[0]
  }

  @Test func twoClassesAreLearnedByOneSigmoid() throws {
    let folder = try TemporaryFolder()
    let data = try write(folder.path, labels: (0..<64).map { Int32($0 % 16 / 8) }, perSample: 1)
    var run = run(data, .sigmoid)
    let summary = try train(run)
    #expect(summary.test!.accuracy! > 0.95 && summary.test!.samples == 64)
    let few = try train(run, steps: 10).weightsDigest
    (run.ranks, run.threads) = (3, 1)
    #expect(try train(run, steps: 10).weightsDigest == few)
  }

  /// A model may leave the sigmoid to the loss, as PyTorch's and many of Keras's programs do: it trains alike.
  @Test func oneLogitIsLearnedAsOneSigmoid() throws {
    let folder = try TemporaryFolder()
    let data = try write(folder.path, labels: (0..<64).map { Int32($0 % 16 / 8) }, perSample: 1)
    let digests = try ["sigmoid", "linear"].map { activation in
      var run = run(data, .sigmoid)
      run.recipe.finetune = nil
      run.recipe.model = .layers(
        [
          .init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3, "activation": "relu"]),
          .init(className: "GlobalAveragePooling2D", values: [:]),
          .init(className: "Dense", values: ["units": 1, "activation": .string(activation)]),
        ], input: [6, 6, 1])
      return try train(run, steps: 10).weightsDigest
    }
    #expect(digests[0] == digests[1])
  }

  @Test func labelsThatExcludeNobodyAreLearnedByASigmoidEach() throws {
    let folder = try TemporaryFolder()
    // Bright, not the darkest, always.
    let labels = (0..<64).flatMap { sample -> [Int32] in [sample % 16 > 7 ? 1 : 0, sample % 16 > 3 ? 1 : 0, 1] }
    let summary = try train(run(try write(folder.path, labels: labels, perSample: 3), .sigmoids))
    #expect(summary.test!.accuracy! > 0.85, "\(summary.test!.accuracy!)")
  }

  @Test func labelsAndOutputsMustFit() throws {
    let folder = try TemporaryFolder()
    let ones = Array(repeating: Int32(1), count: 128)
    let several = try write(folder.path, labels: ones, perSample: 2)
    func problem(_ run: TrainingRun) throws -> String {
      try #require(#expect(throws: TrainingError.self) { try train(run) }).description
    }
    // A new head ends in sigmoids by itself; a model that is there does not.
    var own = run(several, .sigmoids)
    own.recipe.finetune = nil
    own.recipe.model = .layers(
      [
        .init(className: "Flatten", values: [:]),
        .init(className: "Dense", values: ["units": 2, "activation": "softmax"]),
      ], input: [6, 6, 1])
    #expect(try problem(own).contains("has 2 labels for each image (multi-label), but the model"))
    let wrong = try TemporaryFolder()
    let numbers = try write(wrong.path, labels: ones.map { $0 + 1 }, perSample: 2)
    #expect(try problem(run(numbers, .sigmoids)).contains("label 0 of sample 0 is 2, but is there (1) or not (0)"))
    let single = try TemporaryFolder()
    let classes = try write(single.path, labels: (0..<64).map { Int32($0 % 3) }, perSample: 1)
    #expect(try problem(run(classes, .sigmoid)).contains("tells two classes apart"))
    #expect(try problem(run(classes, .sigmoids)).contains("ends in 3 sigmoids, for multi-label data"))
  }
}
