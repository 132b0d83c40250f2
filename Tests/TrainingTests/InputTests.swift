import Augmentations
import Datasets
import Foundation
import HDF5
import Keras
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Models with several inputs: images and numbers, two images, only numbers; with one output and two.
@Suite(.serialized) struct InputTests {
  struct Trial: CustomTestStringConvertible, Sendable {
    let inputs: String
    let outputs: Int
    var name: String { "\(inputs)_\(outputs)" }
    var testDescription: String { name }
    var hasImages: Bool { inputs != "numbers" }

    static let all = ["image_and_numbers", "two_images", "numbers"].flatMap { inputs in
      [1, 2].map { Trial(inputs: inputs, outputs: $0) }
    }

    /// A run on the data that Keras was trained on.
    func run() -> TrainingRun {
      var run = TrainingRun()
      let folder = InputTests.fixtures
      run.recipe = Recipe(
        model: .file("\(folder)/\(name).\(outputs == 1 ? "keras" : "h5")"),
        data: DataChoice(train: folder + "/data.h5", test: folder + "/data.h5"))
      if inputs == "image_and_numbers" { run.recipe.inputs = ["photo": "image"] }
      run.recipe.data.columns = ["size": ColumnChoice(.numbers)]
      if outputs == 2 {
        var (kind, width) = (OutputChoice(), OutputChoice())
        (kind.weight, width.weight, width.target) = (0.75, 0.25, "size")
        width.loss = FunctionChoice("mse")
        run.recipe.outputs = ["kind": kind, "width": width]
      }
      (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (12, 4, 3)
      (run.recipe.optimizer.rate, run.recipe.optimizer.momentum) = (0.1, 0.9)
      run.recipe.checkpoint.every = .epochs(100)
      return run
    }
  }

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/keras/inputs").path()

  @Test(arguments: Trial.all) func lossesAndWeightsAreThoseOfKeras(_ trial: Trial) throws {
    var run = trial.run()
    (run.recipe.batch, run.recipe.shards) = (30, 1)
    let folder = try TemporaryFolder()
    let summary = try run.train(in: folder, steps: 3)[0]
    let golden = try File(reading: InputTests.fixtures + "/golden.h5").root.group(trial.name)
    let losses: [Float] = try golden.dataset("losses").read()
    for (epoch, wanted) in zip(summary.state.history, losses) {
      #expect(abs(Float(epoch.training.loss) - wanted) < 1e-5 * max(1, wanted))
    }
    let model = try KerasModel(reading: summary.checkpoint)
    let loaded = Weights(ParameterTable(model.graph))
    try model.load(into: loaded)
    let (values, wanted) = (
      loaded.table.entries.flatMap { loaded[$0].values }, try golden.dataset("weights").read(Float.self)
    )
    #expect(values.count == wanted.count)
    #expect(zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// Transforms of images included, each of which has draws of its own.
  @Test(arguments: Trial.all) func theSameBitsHoweverItIsRun(_ trial: Trial) throws {
    var run = trial.run()
    if trial.hasImages {
      run.recipe.transforms = [TransformChoice(RandomRotation(FactorRange(0.2)))]
      run.recipe.augmentation = []
    }
    let folder = try TemporaryFolder()
    let whole = try run.train(in: folder, steps: 8)[0]
    for (ranks, threads) in [(2, 2), (3, 1), (4, 1)] {
      (run.ranks, run.threads) = (ranks, threads)
      let other = try TemporaryFolder()
      let summary = try run.train(in: other, steps: 8)[0]
      #expect(summary.weightsDigest == whole.weightsDigest, "\(ranks) ranks")
      #expect(summary.state.history == whole.state.history, "\(ranks) ranks")
    }
    let stopped = try TemporaryFolder()
    _ = try run.train(in: stopped, steps: 4)
    (run.ranks, run.threads) = (2, 1)
    let resumed = try run.train(in: stopped, steps: 8, resume: true)[0]
    #expect(resumed.weightsDigest == whole.weightsDigest)
    // What the inputs take stands in the checkpoint, for who looks at data with it later.
    let notes = try #require(try ModelNotes.read(from: resumed.checkpoint))
    let expected = [
      "image_and_numbers": ["photo": "image", "age": "age"], "two_images": ["left": "left", "right": "right"],
      "numbers": ["age": "age", "weather": "weather"],
    ]
    #expect(notes.inputs == expected[trial.inputs])
  }

  private final class Notices: Callback, Sendable {
    let texts = Mutex<[String]>([])

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let text) = event { texts.withLock { $0.append(text) } }
      return .goOn
    }

    var features: [String] { texts.withLock { $0.filter { $0.hasPrefix("features of ") } } }
  }

  /// What is frozen behind one input is computed once; the other input goes past it.
  @Test(arguments: Trial.all) func featuresOfFrozenBranches(_ trial: Trial) throws {
    var run = trial.run()
    var (head, all) = (PhaseChoice(), PhaseChoice())
    let branches = ["image_and_numbers": ["photo_*"], "two_images": ["left_*", "right_*"], "numbers": ["age_*"]]
    (head.freeze, head.epochs, head.rate) = (branches[trial.inputs]!, 3, 0.05)
    (all.unfreeze, all.epochs, all.rate) = (["all"], 1, 0.01)
    run.recipe.finetune = FinetuneChoice(phases: [head, all])
    run.recipe.finetune?.features = "joined"
    run.recipe.featureCache = .never
    let plain = try TemporaryFolder()
    let whole = try run.train(in: plain, steps: 12)[0]
    for (cache, ranks) in [(FeatureCacheChoice.memory, 1), (.file, 3)] {
      (run.recipe.featureCache, run.ranks) = (cache, ranks)
      let folder = try TemporaryFolder()
      let notices = Notices()
      _ = try run.train(in: folder, steps: 5, callbacks: { $0 == 0 ? [notices] : [] })
      #expect(notices.features.count == 1)
      run.ranks = 2
      let summary = try run.train(in: folder, steps: 12, resume: true)[0]
      #expect(summary.weightsDigest == whole.weightsDigest)
      #expect(summary.state.history == whole.state.history)
    }
  }

  /// An image that goes past the features is not kept beside them.
  @Test func anImageBesideFeatures() throws {
    var run = Trial(inputs: "two_images", outputs: 1).run()
    var phase = PhaseChoice()
    (phase.freeze, phase.epochs) = (["left_*"], 3)
    run.recipe.finetune = FinetuneChoice(phases: [phase])
    _ = try run.digest(steps: 2)
    run.recipe.featureCache = .memory
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: folder, steps: 1) }
    #expect(
      error?.description
        == "'featureCache' is memory, but the input 'right' is an image that goes past what is frozen; remove it, or "
        + "freeze the layers behind that input too.")
  }

  /// Nor is an image of which the features are made, and which is the target too.
  @Test func aTargetOfWhichFeaturesAreMade() throws {
    var run = Trial(inputs: "image_and_numbers", outputs: 1).run()
    func conv(_ name: String) -> ModelChoice.LayerChoice {
      .init(className: "Conv2D", values: ["filters": 3, "kernel_size": 3, "padding": "same", "name": .string(name)])
    }
    run.recipe.model = .layers([conv("first"), conv("last")], input: [8, 8, 3])
    run.recipe.inputs = [:]
    var output = OutputChoice()
    (output.target, output.loss) = ("image", FunctionChoice("mse"))
    run.recipe.outputs = ["last": output]
    var phase = PhaseChoice()
    (phase.freeze, phase.epochs) = (["first"], 3)
    run.recipe.finetune = FinetuneChoice(phases: [phase])
    _ = try run.digest(steps: 2)
    run.recipe.featureCache = .memory
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: folder, steps: 1) }
    #expect(
      error?.description
        == "'featureCache' is memory, but 'image', of which the features are made, is also a target or goes past them; "
        + "remove it.")
  }

  @Test(arguments: [
    (["photo": "image", "age": "aeg"], "'inputs.age': DATA:/ has no column 'aeg'; did you mean 'age'?"),
    (
      ["age": "age"],
      "the model 'image_and_numbers' has the inputs photo, age, and nothing says what 'photo' takes of the columns "
        + "image, label, age, size, left, right, weather of DATA:/; say it with 'inputs', such as 'inputs: {photo: "
        + "image, ...}'."
    ),
    (
      ["photo": "image", "ages": "age"],
      "'inputs': the model 'image_and_numbers' has no input 'ages'; did you mean 'age'?"
    ),
    (
      ["photo": "image", "age": "weather"],
      "the input 'age' of the model 'image_and_numbers' takes (2,), but 'weather' of DATA:/ has (3,); choose another "
        + "column, or give 'data.columns.weather.from' as many numbers as it takes."
    ),
    (
      ["photo": "left", "age": "age"],
      "DATA:/: its samples have shape (8, 8, 1), but (8, 8, 3) is wanted; change the network's input or the data"
    ),
  ])
  func inputsThatDoNotSuit(_ inputs: [String: String], _ sentence: String) throws {
    var run = Trial(inputs: "image_and_numbers", outputs: 1).run()
    run.recipe.inputs = inputs
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: folder, steps: 1) }
    #expect(error?.description == sentence.replacing("DATA", with: InputTests.fixtures + "/data.h5"))
  }
}
