import Datasets
import Foundation
import TestSupport
import Testing
import Training

/// How many shards a batch has where nobody says, and what is said where there are more workers.
@Suite(.serialized) struct ShardCountTests {
  @Test func usualShardsAreAFunctionOfTheBatch() {
    for batch in 1...5000 {
      let shards = Recipe.usualShards(batch: batch)
      #expect(shards >= 1 && shards <= min(batch, 64) && batch.isMultiple(of: shards), "\(batch) in \(shards)")
      // Results of old configurations stay as they are.
      if batch.isMultiple(of: 8), batch < 256 { #expect(shards == 8, "\(batch) in \(shards)") }
      // Vectors of 16 images stay full.
      if batch >= 256 { #expect(batch / shards >= 16, "\(batch) in \(shards)") }
    }
    #expect([128, 256, 512, 1024, 2048, 1 << 30].map { Recipe.usualShards(batch: $0) } == [8, 16, 32, 64, 64, 64])
    #expect([1, 5, 100, 200, 1000].map { Recipe.usualShards(batch: $0) } == [1, 5, 5, 8, 25])
  }

  private func recipe(_ keys: String) throws -> Recipe {
    let text = #"{"model": "lenet5", "data": {"train": "synthetic:8"}\#(keys)}"#
    return try JSONDecoder().decode(Recipe.self, from: Data(text.utf8))
  }

  @Test func configurationsSayThemOrNot() throws {
    #expect(try recipe("").shards == 8 && recipe(#", "batch": 512"#).shards == 32)
    #expect(try recipe(#", "batch": 512, "shards": 4"#).shards == 4)
    // A recipe that is read back, as from a checkpoint, has those that it had.
    var old = try recipe(#", "batch": 512"#)
    old.shards = 8
    #expect(try JSONDecoder().decode(Recipe.self, from: JSONEncoder().encode(old)).shards == 8)
    for batch in [1, 7, 30, 72, 97, 100] { try recipe(#", "batch": \#(batch)"#).validate() }
  }

  private struct Listener: Callback {
    let sentences = Box<[String]>()
    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let sentence) = event { sentences.value = (sentences.value ?? []) + [sentence] }
      return .goOn
    }
  }

  /// More threads than shards change nothing but are told; more ranks are refused.
  @Test func workersWithoutShardsAreTold() throws {
    var run = TrainingRun()
    (run.recipe.batch, run.recipe.shards, run.threads) = (24, 2, 3)
    let heard = Listener()
    let folder = try TemporaryFolder()
    let digests = try run.train(in: folder, steps: 1, callbacks: { _ in [heard] }).map(\.weightsDigest)
    let sentence =
      "1 of the 3 threads have nothing to do, because there are 2 shards; 'shards: 3' gives each a part of the batch"
    #expect((heard.sentences.value ?? []).contains { $0.hasPrefix(sentence) }, "\(heard.sentences.value ?? [])")
    run.threads = 2
    let enough = Listener()
    let other = try TemporaryFolder()
    #expect(try run.train(in: other, steps: 1, callbacks: { _ in [enough] }).map(\.weightsDigest) == digests)
    #expect(!(enough.sentences.value ?? []).contains { $0.contains("nothing to do") })
    run.ranks = 3
    let third = try TemporaryFolder()
    #expect {
      try run.train(in: third, steps: 1)
    } throws: {
      "\($0)" == "3 ranks cannot share 2 shards of 24 images; start at most 2 ranks, or set 'shards: 3'."
    }
  }
}
