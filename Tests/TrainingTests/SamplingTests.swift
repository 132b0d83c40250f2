import Datasets
import Foundation
import HDF5
import Networks
import TestSupport
import Testing
import Training

/// Balanced and weighted epochs, limits and folds.
@Suite(.serialized) struct SamplingTests {
  /// Squares of three grey tones with 60, 20 and 10 samples, and a weight for each.
  private func write(_ path: String) throws {
    let counts = [60, 20, 10]
    let labels = counts.enumerated().flatMap { Array(repeating: Int64($0.offset), count: $0.element) }
    let images = labels.indices.flatMap { sample in
      (0..<64).map { $0 == 0 ? UInt8(sample) : UInt8(60 * Int(labels[sample]) + (sample * 7 + $0 * 3) % 50) }
    }
    let importance = labels.indices.map { Float($0 % 4) }
    try File.replace(path) { file in
      _ = try file.root.write("images", images, shape: [labels.count, 8, 8, 1])
      _ = try file.root.write("labels", labels)
      _ = try file.root.write("importance", importance, shape: [labels.count])
      _ = try file.root.write("vector", importance + importance, shape: [labels.count, 2])
    }
  }

  private func run(_ folder: borrowing TemporaryFolder, _ sampling: SamplingChoice?) throws -> TrainingRun {
    let path = "\(folder.path)/data.h5"
    try write(path)
    var run = TrainingRun()
    let dropout: [String: JSONValue] = ["rate": 0.3]
    run.recipe.model = .layers(
      [
        .init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3]), .init(className: "Flatten"),
        .init(className: "Dropout", values: dropout), .init(className: "Dense", values: ["units": 3]),
      ], input: [8, 8, 1])
    run.recipe.data = DataChoice(train: path)
    run.recipe.data.sampling = sampling
    run.recipe.data.columns = ["importance": ColumnChoice(.numbers), "vector": ColumnChoice(.numbers)]
    var output = OutputChoice()
    output.target = "label"
    run.recipe.outputs = ["dense": output]
    run.recipe.augmentation = [.padCrop(1), .flip(.horizontal)]
    (run.recipe.batch, run.recipe.shards) = (16, 4)
    return run
  }

  /// The same bits on any number of ranks, with a stop in the middle of an epoch.
  @Test(arguments: [SamplingChoice.balanced, .weights(column: "importance")])
  func ranksAndStopsDoNotMatter(_ sampling: SamplingChoice) throws {
    let folder = try TemporaryFolder()
    var run = try run(folder, sampling)
    let whole = try run.digest(steps: 14)
    let output = try TemporaryFolder()
    (run.ranks, run.threads) = (3, 1)
    _ = try run.train(in: output, steps: 8)
    (run.ranks, run.threads) = (2, 2)
    let resumed = try run.train(in: output, steps: 14, resume: true)[0]
    #expect(resumed.weightsDigest == whole)
    #expect(resumed.state.history[0].training.samples == 90)
    run.recipe.data.sampling = nil
    #expect(try run.digest(steps: 14) != whole)
  }

  /// Draws of another kind would visit some samples of the epoch under way twice, and others never.
  @Test(arguments: ["sampling", "limit", "split"]) func anotherChoiceIsNoResumption(_ key: String) throws {
    let folder = try TemporaryFolder()
    var run = try run(folder, .balanced)
    let output = try TemporaryFolder()
    _ = try run.train(in: output, steps: 2)
    switch key {
    case "sampling": run.recipe.data.sampling = .weights(column: "importance")
    case "limit": run.recipe.data.limit = 80
    default: run.recipe.data.split = SplitChoice(validation: Share(0.2))
    }
    let error = #expect(throws: TrainingError.self) { try run.train(in: output, steps: 4, resume: true) }
    #expect(error?.description.contains(key) == true, "\(error?.description ?? "none")")
  }

  /// Where there are views of a sample, further visits see them as well: what is kept of them is what is computed.
  @Test(arguments: [nil, 2] as [Int?]) func featuresAreThoseOfTheVisits(_ views: Int?) throws {
    let folder = try TemporaryFolder()
    var run = try run(folder, .balanced)
    var phase = PhaseChoice()
    (phase.freeze, phase.epochs) = (["conv2d"], 3)
    run.recipe.finetune = FinetuneChoice(phases: [phase])
    run.recipe.views = views
    if views == nil { run.recipe.augmentation = [] }
    run.recipe.featureCache = .never
    let computed = try run.digest(steps: 18)
    run.recipe.featureCache = .memory
    run.ranks = 2
    #expect(try run.digest(steps: 18) == computed)
  }

  @Test(arguments: [
    ("absent", "describes no such column"), ("vector", "the shape (2,)"), ("label", "of the kind category"),
    ("importence", "did you mean 'importance'"),
  ])
  func columnsThatHoldNoWeights(_ column: String, _ problem: String) throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, .weights(column: column))
    let output = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: output, steps: 1) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "none")")
  }

  /// Every sample is validated on in one of the folds, and in no run is it also trained or tested on.
  @Test(arguments: [Share?.none, Share(0.1)]) func foldsShareTheData(_ test: Share?) throws {
    let folder = try TemporaryFolder()
    var recipe = try run(folder, nil).recipe
    var seen: [[UInt8]] = []
    for fold in 0..<3 {
      recipe.data.split = SplitChoice(test: test)
      (recipe.data.split!.folds, recipe.data.split!.fold) = (3, fold)
      try recipe.validate()
      let parts = try recipe.openData(SourceOptions())
      let validation = try #require(parts.validation)
      let (size, tested) = (parts.train.count + validation.count, parts.test?.count ?? 0)
      #expect(size + tested == 90 && tested == (test == nil ? 0 : 9) && abs(validation.count * 3 - size) <= 6)
      func samples(_ source: (any DataSource)?) throws -> [[UInt8]] {
        try source.map { source in try (0..<source.count).map { try source.sample($0) } } ?? []
      }
      let (own, others) = (Set(try samples(validation)), Set(try samples(parts.train) + samples(parts.test)))
      #expect(own.isDisjoint(with: others))
      seen += try samples(validation) + (fold == 0 ? samples(parts.test) : [])
    }
    #expect(seen.count == 90 && Set(seen).count == 90)
  }

  /// A class of one sample cannot be trained on where that sample is validated on.
  @Test func aClassWithoutSamplesToTrainOn() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/data.h5"
    try File.replace(path) { file in
      _ = try file.root.write("images", (0..<12).map { UInt8($0) }, shape: [3, 2, 2, 1])
      _ = try file.root.write("labels", [Int64(0), 0, 1])
    }
    var recipe = TrainingRun().recipe
    recipe.data = DataChoice(train: path)
    recipe.data.split = SplitChoice()
    recipe.data.split!.folds = 2
    let sentences = (0..<2).map { fold in
      recipe.data.split!.fold = fold
      do throws(TrainingError) { _ = try recipe.openData(SourceOptions()) } catch { return error.description }
      return ""
    }
    #expect(sentences.contains { $0.hasPrefix("'data.split' leaves a class of ") }, "\(sentences)")
  }

  @Test(
    arguments: [
      (2, nil, nil, "data.split.fold", "is missing"), (3, 3, nil, "data.split.fold", "is 3, but"),
      (1, 0, nil, "data.split.folds", "is 1, but"), (nil, 0, nil, "data.split.fold", "has no 'folds'"),
      (4, 0, Share(0.2), "data.split.folds", "and 'data.split.validation'"),
    ] as [(Int?, Int?, Share?, String, String)])
  func impossibleFolds(_ folds: Int?, _ fold: Int?, _ validation: Share?, _ path: String, _ problem: String) {
    var recipe = TrainingRun().recipe
    recipe.data.split = SplitChoice(validation: validation)
    (recipe.data.split!.folds, recipe.data.split!.fold) = (folds, fold)
    let error = #expect(throws: RecipeError.self) { try recipe.validate() }
    #expect(error?.path == path && error?.problem.hasPrefix(problem) == true)
  }

  @Test func limitsKeepProportions() throws {
    let folder = try TemporaryFolder()
    var recipe = try run(folder, nil).recipe
    recipe.data.limit = 45
    let train = try recipe.openData(SourceOptions()).train
    #expect((0..<3).map { label in (0..<train.count).count { train.label(at: $0) == label } } == [30, 10, 5])
    recipe.data.limit = 900
    #expect(try recipe.openData(SourceOptions()).train.count == 90)
    recipe.data.limit = 2
    let error = #expect(throws: TrainingError.self) { try recipe.openData(SourceOptions()) }
    #expect(error?.description.hasPrefix("'data.limit' leaves a class of ") == true)
    recipe.data.limit = 0
    #expect(throws: RecipeError.self) { try recipe.validate() }
  }
}
