import Datasets
import Foundation
import Networks
import Synchronization
import TestSupport
import Testing
import Training

/// Features that nothing trains are computed once, and no bit is another one for that.
@Suite(.serialized) struct FeatureCacheTests {
  /// A backbone with normalisation and dropout, a head with dropout: the head alone, then everything.
  private func run(_ cache: FeatureCacheChoice) -> TrainingRun {
    var run = TrainingRun()
    run.recipe.model = .layers(
      [
        .init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3, "strides": 2]),
        .init(className: "BatchNormalization"), .init(className: "ReLU"),
        .init(className: "SpatialDropout2D", values: ["rate": 0.3]),
        .init(className: "Conv2D", values: ["filters": 6, "kernel_size": 3, "activation": "relu"]),
        .init(className: "GlobalAveragePooling2D"), .init(className: "Dropout", values: ["rate": 0.2]),
        .init(className: "Dense", values: ["units": 12, "activation": "relu"]),
        .init(className: "Dropout", values: ["rate": 0.4]), .init(className: "Dense", values: ["units": 10]),
      ], input: [28, 28, 1])
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.split = SplitChoice(validation: Share(0.2), test: Share(0.1))
    run.recipe.augmentation = []
    var (head, all) = (PhaseChoice(), PhaseChoice())
    (head.freeze, head.steps, head.rate) = (["backbone"], 23, 0.05)
    (all.unfreeze, all.steps, all.rate) = (["all"], 4, 0.01)
    run.recipe.finetune = FinetuneChoice(phases: [head, all])
    run.recipe.featureCache = cache
    return run
  }

  private final class Notices: Callback, Sendable {
    let texts = Mutex<[String]>([])

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let text) = event, text.hasPrefix("features of ") { texts.withLock { $0.append(text) } }
      return .goOn
    }

    var found: [Bool] { texts.withLock { $0.map { $0.contains(" MB: found;") } } }
  }

  /// Trains to a step, and tells what was said about features.
  private func train(
    _ run: TrainingRun, in folder: borrowing TemporaryFolder, steps: Int = 27, resume: Bool = false
  ) throws -> (summary: TrainingSummary, notices: Notices) {
    let notices = Notices()
    let summaries = try run.train(in: folder, steps: steps, resume: resume, callbacks: { $0 == 0 ? [notices] : [] })
    #expect(Set(summaries.map(\.weightsDigest)).count == 1, "ranks differ")
    return (summaries[0], notices)
  }

  @Test(arguments: [(FeatureCacheChoice.automatic, 1, 2), (.memory, 2, 1), (.file, 3, 1), (.file, 1, 1)])
  func theBitsAreTheSame(_ cache: FeatureCacheChoice, _ ranks: Int, _ threads: Int) throws {
    let plain = try TemporaryFolder()
    let expected = try train(run(.never), in: plain)
    #expect(expected.notices.found.isEmpty)
    let folder = try TemporaryFolder()
    var cached = run(cache)
    (cached.ranks, cached.threads) = (ranks, threads)
    let result = try train(cached, in: folder)
    #expect(result.notices.found == [false], "the first phase only")
    #expect(result.summary.weightsDigest == expected.summary.weightsDigest)
    #expect(result.summary.state == expected.summary.state, "and every figure of validation and test")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["last.h5"], "dropped with the first phase")
  }

  @Test func viewsComeAgain() throws {
    var plain = run(.never)
    plain.recipe.augmentation = [.padCrop(2), .flip(.horizontal)]
    plain.recipe.views = 2
    var other = plain
    other.recipe.views = nil
    #expect(try plain.digest(steps: 9) == other.digest(steps: 9), "the first epoch has its own views anyway")
    let expected = try plain.digest(steps: 23)
    #expect(try other.digest(steps: 23) != expected)
    var cached = plain
    cached.recipe.featureCache = .memory
    (cached.ranks, cached.threads) = (2, 2)
    #expect(try cached.digest(steps: 23) == expected)
    // As it is they would not be used often enough to pay.
    cached.recipe.views = 3
    cached.recipe.featureCache = .automatic
    let folder = try TemporaryFolder()
    #expect(try train(cached, in: folder, steps: 3).notices.found.isEmpty)
  }

  @Test(arguments: [FeatureCacheChoice.memory, .file]) func resumingChangesNothing(_ cache: FeatureCacheChoice) throws {
    let expected = try run(.never).digest(steps: 27)
    let folder = try TemporaryFolder()
    var cached = run(cache)
    _ = try train(cached, in: folder, steps: 13)
    cached.ranks = 3
    let second = try train(cached, in: folder, steps: 23, resume: true)
    #expect(second.notices.found == [cache == .file])
    // The phase is over: nothing is computed for it again.
    let third = try train(cached, in: folder, steps: 27, resume: true)
    #expect(third.notices.found.isEmpty)
    #expect(third.summary.weightsDigest == expected)
  }

  @Test func whatHasChangedIsNotUsed() throws {
    let folder = try TemporaryFolder()
    func isFound(_ change: (inout Recipe) -> Void) throws -> [Bool] {
      var run = run(.file)
      change(&run.recipe)
      let result = try train(run, in: folder, steps: 3)
      run.recipe.featureCache = .never
      #expect(try run.digest(steps: 3) == result.summary.weightsDigest)
      return result.notices.found
    }
    #expect(try isFound { _ in } == [false])
    #expect(try isFound { $0.optimizer.momentum = 0.5 } == [true], "what is trained behind the features is no matter")
    #expect(try isFound { $0.seed = 1 } == [false], "other weights")
    #expect(try isFound { ($0.seed, $0.preprocessing.scale) = (1, 0.5) } == [false], "other preprocessing")
    #expect(
      try isFound { ($0.seed, $0.preprocessing.scale, $0.data.split!.seed) = (1, 0.5, 3) } == [false], "other samples")
    #expect(try isFound { ($0.seed, $0.preprocessing.scale, $0.data.split!.seed) = (1, 0.5, 3) } == [true])
  }

  @Test func nothingToKeep() throws {
    var run = run(.memory)
    run.recipe.finetune!.phases.removeFirst()
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: folder, steps: 1) }
    #expect(
      error?.description
        == "'featureCache' is memory, but no layer behind the input stays as it is; freeze some, as in 'finetune', or "
        + "remove it."
    )
  }
}
