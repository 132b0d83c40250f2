import Communication
import Foundation
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Ranks whose weights differ or whose numbers are not finite are found, in the step in which it matters.
@Suite(.serialized) struct ReplicaTests {
  /// Does something to a trainer after a step.
  private struct Meddler: Callback {
    let step: Int
    let meddle: () -> Void

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .step = event, report.state.step == step { meddle() }
      return .goOn
    }
  }

  /// Keeps what was noticed.
  private struct Listener: Callback {
    let sentences: Sentences

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      // What is said of data and model before the first step is not of interest here.
      if case .noticed(let sentence) = event, report.state.step > 0 { sentences.add(sentence) }
      return .goOn
    }
  }

  private final class Sentences: Sendable {
    private let list = Mutex<[String]>([])
    func add(_ sentence: String) { list.withLock { $0.append(sentence) } }
    var all: [String] { list.withLock { $0 } }
  }

  private struct Outcome: Sendable {
    var errors: [String] = []
    var shared: [Bool] = []
    var summaries: [TrainingSummary] = []
  }

  private func run() -> TrainingRun {
    var run = TrainingRun()
    (run.recipe.checkEvery, run.recipe.patience) = (2, Seconds(20))
    run.recipe.threads = .fixed(1)
    return run
  }

  /// Trains on ranks that are threads; `meddle` happens on one of them after step 3.
  private func train(
    _ run: TrainingRun, ranks: Int, on rank: Int, steps: Int = 8, sentences: Sentences = Sentences(),
    _ meddle: @escaping @Sendable (Trainer) -> Void
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    let (path, recipe) = (folder.path, run.recipe)
    let outcome = Mutex(Outcome())
    let finished = Mutex(0)
    for communicator in InProcessCommunicator.group(size: ranks) {
      let thread = Thread {
        do throws(TrainingError) {
          let trainer = try Trainer(recipe, folder: path, communicator: communicator)
          var callbacks: [any Callback] = []
          if communicator.rank == rank { callbacks.append(Meddler(step: 3) { meddle(trainer) }) }
          if communicator.rank == 0 { callbacks.append(Listener(sentences: sentences)) }
          let summary = try trainer.train(maxSteps: steps, callbacks: &callbacks)
          outcome.withLock { $0.summaries.append(summary) }
        } catch {
          outcome.withLock {
            $0.errors.append(error.description)
            $0.shared.append(error.isShared)
          }
        }
        finished.withLock { $0 += 1 }
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    while finished.withLock({ $0 }) < ranks { usleep(1000) }
    return outcome.withLock { $0 }
  }

  /// A high bit of the fraction: what a low one changes may be rounded off before the next comparison.
  private static func flip(_ buffer: Buffer, at index: Int) {
    buffer[index] = Float(bitPattern: buffer[index].bitPattern ^ 1 << 21)
  }

  @Test func aFlippedBitIsFoundWithItsRankAndParameter() throws {
    let outcome = try train(run(), ranks: 3, on: 2) { trainer in
      let entry = trainer.weights.table.entries.first { $0.path == "conv2d_3/kernel" }!
      Self.flip(trainer.weights[entry], at: 5)
    }
    #expect(outcome.errors.count == 3 && Set(outcome.errors).count == 1 && outcome.shared.allSatisfy { $0 })
    let error = try #require(outcome.errors.first)
    #expect(
      error.hasPrefix("after step 4 rank 2 on localhost has other values than the other ranks in 'conv2d_3/kernel'"),
      "\(error)")
  }

  @Test func ofTwoRanksNeitherIsRight() throws {
    let outcome = try train(run(), ranks: 2, on: 1) { Self.flip($0.weights.states, at: 0) }
    #expect(outcome.errors.count == 2)
    #expect(
      outcome.errors.first?.contains("rank 0 on localhost and rank 1 on localhost have different values in") == true)
    #expect(outcome.errors.first?.contains("moving_mean") == true, "\(outcome.errors)")
  }

  @Test func aReplicaIsRepairedFromTheMajority() throws {
    var run = run()
    run.recipe.onDesync = .repair
    let expected = try run.digest(steps: 8)
    let sentences = Sentences()
    // Moving statistics do not take part in training: nothing else changes.
    let outcome = try train(run, ranks: 3, on: 1, sentences: sentences) { Self.flip($0.weights.states, at: 0) }
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(Set(outcome.summaries.map(\.weightsDigest)) == [expected])
    #expect(
      sentences.all.count == 1 && sentences.all[0].contains("rank 1 on localhost")
        && sentences.all[0].contains("repair"))
  }

  @Test func aNumberThatIsNotOneStopsAllRanks() throws {
    let outcome = try train(run(), ranks: 3, on: 1) { $0.weights.trainable[0] = .nan }
    #expect(outcome.errors.count == 3 && Set(outcome.errors).count == 1 && outcome.shared.allSatisfy { $0 })
    let error = try #require(outcome.errors.first)
    #expect(error.hasPrefix("step 4 is not finite: the output of layer 'dense' is not finite for samples "), "\(error)")
    #expect(error.contains("(rank 1 on localhost)") && error.contains("of shard 2"), "\(error)")
  }

  @Test(arguments: Recipe.Normalization.allCases) func aStepIsSkippedAndCounted(normalization: Recipe.Normalization)
    throws
  {
    var run = run()
    run.recipe.onNonFinite = .skip
    run.recipe.normalization = normalization
    let sentences = Sentences()
    let folder = try TemporaryFolder()
    // Infinite weights from step 3 on, for two steps.
    let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator())
    let saved = Mutex<Float>(0)
    var callbacks: [any Callback] = [
      Meddler(step: 3) {
        saved.withLock { $0 = trainer.weights.trainable[0] }
        trainer.weights.trainable[0] = .infinity
      },
      Meddler(step: 5) { trainer.weights.trainable[0] = saved.withLock { $0 } }, Listener(sentences: sentences),
    ]
    let summary = try trainer.train(maxSteps: 7, callbacks: &callbacks)
    #expect(summary.state.skipped == 2 && summary.state.step == 7 && sentences.all.count == 2)
    #expect(summary.state.epochMetrics.samples == 5 * run.recipe.batch && summary.state.epochMetrics.lossSum.isFinite)
    #expect(
      trainer.weights.trainable.values.allSatisfy(\.isFinite) && trainer.weights.states.values.allSatisfy(\.isFinite))
  }
}
