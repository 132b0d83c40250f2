import Datasets
import Foundation
import HDF5
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Losses of maps: weights of classes and images, pixels of no class, and what is divided by a number of the batch.
@Suite(.serialized) final class PixelLossTests {
  private let folder: TemporaryFolder

  /// Thirty images of 8 x 8 whose masks have three classes and, in places, none; two masks have none at all.
  init() throws {
    folder = try TemporaryFolder()
    var random = RandomStream(seed: 5, purpose: .synthesis)
    var (images, masks, areas) = ([UInt8](), [UInt8](), [UInt8]())
    for image in 0..<30 {
      let edge = random.integer(below: 7)
      for pixel in 0..<64 {
        let label = pixel % 8 < edge ? 0 : pixel / 8 < 6 ? 1 : 2
        images.append(UInt8(60 * label + random.integer(below: 80)))
        let isVoid = image % 13 == 4 || random.integer(below: 8) < image % 5
        masks.append(isVoid ? 255 : UInt8(label))
        areas.append(label == 0 ? 1 : 0)
      }
    }
    let file = try File(creating: path)
    _ = try file.root.write("images", images, shape: [30, 8, 8, 1])
    _ = try file.root.write("mask", masks, shape: [30, 8, 8])
    _ = try file.root.write("area", areas, shape: [30, 8, 8])
    _ = try file.root.write("weights", [Float](repeating: 2, count: 30))
    try file.close()
  }

  private var path: String { "\(folder.path)/data.h5" }

  private static let columns = """
    {"mask": {"kind": "mask", "classes": 3, "void": 255}, "area": {"kind": "mask", "classes": 2}}
    """

  /// - Parameters:
  ///   - isNormalized: whether the network has a batch normalisation.
  ///   - columns: of the data, beside the images.
  private func run(
    _ loss: FunctionChoice?, target: String = "mask", isNormalized: Bool = true, columns: String = columns,
    _ change: (inout Recipe, inout OutputChoice) -> Void = { _, _ in }
  ) throws -> TrainingRun {
    var run = TrainingRun()
    run.recipe = Recipe(
      model: .layers(
        [.init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3, "padding": "same"])]
          + (isNormalized ? [.init(className: "BatchNormalization")] : []) + [
            .init(className: "ReLU"),
            .init(
              className: "Conv2D",
              values: [
                "filters": target == "mask" ? 3 : 1, "kernel_size": 1,
                "activation": target == "mask" ? "softmax" : "sigmoid",
              ]),
          ], input: [8, 8, 1]), data: DataChoice(train: path + ":/", test: path + ":/"))
    run.recipe.data.columns = try JSONDecoder().decode([String: ColumnChoice].self, from: Data(columns.utf8))
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (12, 4, 2)
    run.recipe.optimizer.rate = 0.0625
    run.recipe.checkpoint.every = .epochs(100)
    var output = OutputChoice()
    (output.target, output.loss) = (target, loss)
    change(&run.recipe, &output)
    run.recipe.outputs = ["conv2d_1": output]
    return run
  }

  private func history(_ run: TrainingRun) throws -> [EpochRecord] {
    let output = try TemporaryFolder()
    return try run.train(in: output, steps: 6)[0].state.history
  }

  private static let pooled: [(FunctionChoice, String)] = [
    (FunctionChoice("sparse_categorical_crossentropy", ["denominator": "batch"]), "mask"),
    (FunctionChoice("dice", ["denominator": "batch"]), "area"),
    (FunctionChoice("tversky", ["denominator": "batch", "axis": [0, 1, 2], "alpha": 0.25]), "area"),
  ]

  /// The same bits for all ranks and threads, with normalisations that keep to their shards and those that do not.
  @Test(arguments: 0..<3, [Recipe.Normalization.shard, .global])
  func pooledOverRanks(index: Int, normalization: Recipe.Normalization) throws {
    let (loss, target) = PixelLossTests.pooled[index]
    var run = try run(loss, target: target) { recipe, _ in recipe.normalization = normalization }
    let whole = try run.digest(steps: 6)
    for (ranks, threads) in [(1, 3), (2, 1), (3, 2), (4, 1)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 6) == whole, "\(loss.name) on \(ranks) ranks")
    }
    // Pooled over a batch is not what images have for themselves.
    var alone = loss
    alone.arguments["denominator"] = nil
    #expect(
      try self.run(alone, target: target) {
        $0.normalization = normalization
        _ = $1
      }.digest(steps: 6) != whole)
  }

  /// However a batch is cut into shards, its loss is the same but for rounding.
  @Test(arguments: 0..<3) func pooledOverShards(index: Int) throws {
    let (loss, target) = PixelLossTests.pooled[index]
    let losses = try [1, 2, 3, 6].map { shards in
      try history(
        run(loss, target: target, isNormalized: false) {
          $0.shards = shards
          _ = $1
        }
      ).map(\.training.loss)
    }
    for others in losses.dropFirst() {
      for (one, other) in zip(losses[0], others) { #expect(abs(one - other) < 2e-6 * one, "\(loss.name)") }
    }
  }

  /// Weights of 2, of images or of all classes, are twice the rate, and both are four times.
  @Test(arguments: ["mask", "area"]) func weightsMultiply(target: String) throws {
    let weighted = PixelLossTests.columns.replacing(
      #"{"mask""#, with: #"{"weight": {"kind": "weight", "from": "weights"}, "mask""#)
    let twice = ClassWeightsChoice.given(["0": 2, "1": 2, "2": 2])
    func digest(_ factor: Double, columns: String = PixelLossTests.columns, _ weights: ClassWeightsChoice) throws
      -> String
    {
      try run(nil, target: target, columns: columns) { recipe, output in
        recipe.optimizer.rate = recipe.optimizer.rate! / factor
        output.classWeights =
          weights == twice && target == "area" ? .given(["0": 2, "1": 2]) : weights
      }.digest(steps: 6)
    }
    let plain = try digest(1, .equal)
    #expect(try digest(2, twice) == plain)
    #expect(try digest(2, columns: weighted, .equal) == plain)
    #expect(try digest(4, columns: weighted, twice) == plain)
  }

  /// scikit-learn's formula over the pixels that are of a class; the same bits on any ranks. What is measured has no
  /// weights.
  @Test(arguments: ["mask", "area"]) func balancedPixels(target: String) throws {
    let file = try File(reading: path)
    var counts: [String: Int] = [:]
    for number in try file.root.dataset(target).read(UInt8.self) where number != 255 {
      counts["\(number)", default: 0] += 1
    }
    let total = counts.values.reduce(0, +)
    let weights = counts.mapValues { Double(total) / Double(counts.count * $0) }
    var run = try run(nil, target: target) {
      $1.classWeights = .balanced
      _ = $0
    }
    let balanced = try run.digest(steps: 6)
    #expect(
      try self.run(nil, target: target) {
        $1.classWeights = .given(weights)
        _ = $0
      }.digest(steps: 6) == balanced)
    (run.ranks, run.threads) = (3, 2)
    #expect(try run.digest(steps: 6) == balanced)
    func first(_ weights: ClassWeightsChoice) throws -> EpochRecord {
      try history(self.run(nil, target: target) { ($0.optimizer.rate, $1.classWeights) = (0, weights) })[0]
    }
    let (one, other) = (try first(.equal), try first(.given(["0": 3])))
    #expect(one.training.loss < other.training.loss)
    #expect(one.test!.loss == other.test!.loss)
  }

  /// A batch in which no pixel is of a class has a loss of 0 and moves nothing.
  @Test(arguments: [JSONValue.string("image"), "batch"]) func nothingCounts(denominator: JSONValue) throws {
    let loss = FunctionChoice("sparse_categorical_crossentropy", ["denominator": denominator])
    let run = try run(loss) { recipe, _ in
      recipe.data.columns["mask"]?.from = ["nothing"]
      recipe.epochs = 1
    }
    let file = try File(creating: "\(folder.path)/void.h5")
    _ = try file.root.write("images", [UInt8](repeating: 9, count: 30 * 64), shape: [30, 8, 8, 1])
    _ = try file.root.write("nothing", [UInt8](repeating: 255, count: 30 * 64), shape: [30, 8, 8])
    _ = try file.root.write("area", [UInt8](repeating: 0, count: 30 * 64), shape: [30, 8, 8])
    try file.close()
    var other = run
    other.recipe.data.train = "\(folder.path)/void.h5:/"
    other.recipe.data.test = nil
    let history = try history(other)
    #expect(history[0].training.loss == 0)
  }

  @Test func weightsThatCannotBe() throws {
    func error(_ loss: FunctionChoice?, _ target: String, _ weights: ClassWeightsChoice) throws -> String? {
      let run = try run(loss, target: target) {
        $1.classWeights = weights
        _ = $0
      }
      let output = try TemporaryFolder()
      return #expect(throws: TrainingError.self) { try run.train(in: output, steps: 1) }?.description
    }
    #expect(
      try error(FunctionChoice("dice"), "area", .balanced)
        == "'classWeights': dice takes no weights of classes; choose sparse_categorical_crossentropy or "
        + "binary_crossentropy, or remove them.")
    #expect(
      try error(nil, "mask", .given(["sky": 2]))?.contains("'classWeights': \(path):/ has no class 'sky'; known are")
        == true)
    #expect(
      try error(FunctionChoice("binary_crossentropy"), "mask", .equal)?.contains("some are of no class") == true)
  }
}
