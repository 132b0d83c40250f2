import Networks
import TestSupport
import Testing
import Training

/// Refusals come on all ranks, in one sentence, and nothing hangs.
@Suite(.serialized) struct RefusalTests {
  private func refusal(_ run: TrainingRun) throws -> String {
    let folder = try TemporaryFolder()
    do {
      _ = try run.train(in: folder, steps: 1)
      return "nothing was refused"
    } catch {
      return "\(error)"
    }
  }

  @Test func moreRanksThanShards() throws {
    var run = TrainingRun(model: "lenet5")
    run.recipe.shards = 2
    run.ranks = 3
    #expect(
      try refusal(run) == "3 ranks cannot share 2 shards of 72 images; start at most 2 ranks, or set 'shards: 3'.")
  }

  @Test func aBatchThatIsNotAMultipleOfTheShards() throws {
    var run = TrainingRun(model: "lenet5")
    run.recipe.batch = 70
    #expect(try refusal(run) == "'batch' is 70, which is not divisible by 'shards' (8); use 64 or 72, or other shards.")
  }

  @Test func aFileThatIsNotThere() throws {
    var run = TrainingRun(model: "lenet5")
    run.ranks = 2
    run.recipe.data.train = "/nowhere.h5:/train"
    #expect(try refusal(run).contains("/nowhere.h5"))
  }

  @Test func aModelThatEndsInATangent() throws {
    var run = TrainingRun()
    run.recipe.model = .layers(
      [.init(className: "Flatten"), .init(className: "Dense", values: ["units": 10, "activation": "tanh"])],
      input: [28, 28, 1])
    #expect(try refusal(run).contains("ends in tanh, but cross-entropy takes a softmax, sigmoids or bare logits"))
  }

  /// The loss is computed from logits, without the probabilities.
  @Test func aPenaltyOnProbabilities() throws {
    var run = TrainingRun()
    run.recipe.model = .layers(
      [
        .init(className: "Flatten"),
        .init(className: "Dense", values: ["units": 10, "activation": "softmax", "activity_regularizer": "l2"]),
      ], input: [28, 28, 1])
    #expect(try refusal(run).contains("('dense_activity_regularization')"))
  }

  @Test func anUnknownNetwork() throws {
    #expect(try refusal(TrainingRun(model: "lenet6")).contains("did you mean 'lenet5'?"))
  }

  @Test func aRateThatMakesTheLossInfinite() throws {
    var run = TrainingRun(model: "conv16-pool-conv32-pool-dense128-dense10")
    run.recipe.optimizer.rate = 1e20
    let folder = try TemporaryFolder()
    #expect { try run.train(in: folder, steps: 20) } throws: {
      "\($0)".contains("is not finite") && "\($0)".contains("lower optimizer.rate")
    }
  }

  @Test func resumingWithAnotherRecipe() throws {
    var run = TrainingRun(model: "lenet5")
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 1)
    run.recipe.batch = 144
    run.ranks = 2
    #expect { try run.train(in: folder, steps: 2, resume: true) } throws: {
      "\($0)".contains("'batch' was 72 and is 144")
    }
    run.recipe.batch = 72
    run.recipe.model = .named("resnet8")
    #expect { try run.train(in: folder, steps: 2, resume: true) } throws: { "\($0)".contains("'model'") }
  }

  @Test func resumingFromNothing() throws {
    let run = TrainingRun(model: "lenet5")
    let folder = try TemporaryFolder()
    #expect { try run.train(in: folder, steps: 2, resume: true) } throws: { "\($0)".contains("last.h5") }
  }
}
