import Communication
import Datasets
import Keras
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Saving memory in training changes no bit of it.
@Suite(.serialized) struct MemoryTests {
  @Test(arguments: [Recipe.Normalization.shard, .global])
  func weightsDoNotDependOnTheMemory(normalization: Recipe.Normalization) throws {
    var run = TrainingRun(model: "resnet8")
    run.recipe.normalization = normalization
    run.recipe.memory = .fast
    let fast = try run.digest(steps: 3)
    for memory in [MemoryUse.balanced, .small] {
      run.recipe.memory = memory
      run.threads = 2
      #expect(try run.digest(steps: 3) == fast, "\(memory)")
    }
  }

  /// Evaluation works in the memory of the networks that train: neither may see what the other has left there.
  @Test(arguments: MemoryUse.allCases) func evaluationAndTrainingShareMemory(memory: MemoryUse) throws {
    var run = TrainingRun(model: "resnet8")
    (run.recipe.batch, run.recipe.shards, run.recipe.convolution, run.recipe.memory) = (400, 4, .exact, memory)
    run.threads = 2
    let steps = 20
    let alone = try run.digest(steps: steps)
    run.recipe.data.test = TrainingRun.digits + ":/test"
    let folder = try TemporaryFolder()
    let summary = try run.train(in: folder, steps: steps)[0]
    #expect(summary.weightsDigest == alone)
    let model = try KerasModel(reading: summary.checkpoint)
    let weights = Weights(ParameterTable(model.graph))
    try model.load(into: weights)
    let source = try openSource(TrainingRun.digits + ":/test")
    let evaluator = try Evaluator(
      model.graph, weights: weights, source: source, preparation: Preparation(for: source, run.recipe.preprocessing),
      communicator: SingleCommunicator(), recipe: run.recipe, threads: 1)
    let metrics = try evaluator.evaluate(pool: WorkerPool(count: 1))
    // A graph read from a file chooses convolutions by shape: the last digits may differ.
    let last = try #require(summary.state.history.last?.test)
    #expect(summary.state.history.count == 2 && last.samples == 1000)
    #expect(abs(last.loss - metrics.loss) < 1e-4 && abs(last.correct! - metrics.correct!) <= 2)
  }
}
