import CAllocations
import Communication
import Synchronization
import TestSupport
import Testing
import Training

/// Everything is made before the first step: a step takes no memory from the allocator.
@Suite(.serialized) struct AllocationTests {
  /// Notes how many allocations its thread has made at the end of each step.
  private struct Counter: Callback {
    let counts = Counts()

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .step = event {
        counts.append(allocations_of_this_thread())
      }
      return .goOn
    }
  }

  private final class Counts: Sendable {
    /// Made large enough before the run, so that counting does not count.
    private let values = Mutex<(numbers: [Int], used: Int)>((Array(repeating: 0, count: 100), 0))

    func append(_ value: Int) {
      values.withLock {
        $0.numbers[$0.used] = value
        $0.used += 1
      }
    }

    var numbers: [Int] { values.withLock { Array($0.numbers[..<$0.used]) } }
  }

  @Test(arguments: [Recipe.Normalization.shard, .global], ["resnet8", "lenet5", "regularized"])
  func aStepAllocatesNothing(normalization: Recipe.Normalization, model: String) throws {
    var run = model == "regularized" ? TrainingRun.regularized() : TrainingRun(model: model)
    run.recipe.normalization = normalization
    run.recipe.threads = .fixed(1)
    let folder = try TemporaryFolder()
    let counter = Counter()
    let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator(hostName: "here"))
    var callbacks: [any Callback] = [counter]
    _ = try trainer.train(maxSteps: 12, callbacks: &callbacks)
    let counts = counter.counts.numbers
    #expect(counts.count == 12)
    let perStep = zip(counts.dropFirst(), counts).map { $0 - $1 }
    // The first steps fill caches of the run-time system.
    #expect(perStep.dropFirst(2).allSatisfy { $0 == 0 }, "allocations by step: \(perStep)")
  }
}
