import Datasets
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// How long a run waits for its data, and what it says of it.
@Suite(.serialized) struct WaitingTests {
  @Test func theSlowestStageIsNamed() {
    func sentence(_ share: Double, _ seconds: Double, _ times: LoadingTimes) -> String? {
      WaitingNotice(epoch: 2, share: share, seconds: seconds, times: times).sentence
    }
    #expect(sentence(0.05, 60, LoadingTimes(reading: 8)) == nil)
    #expect(sentence(0.5, 1, LoadingTimes(reading: 8)) == nil)
    #expect(sentence(0.5, 60, LoadingTimes()) == nil)
    let reading = sentence(0.25, 60, LoadingTimes(reading: 8, transforming: 1, writing: 1))
    #expect(reading?.contains("25 % of epoch 2") == true && reading?.contains("convoy data pack") == true)
    #expect(reading?.contains("reading and decoding 80 %, transforms 10 %, filling lanes 10 %") == true)
    #expect(sentence(0.25, 60, LoadingTimes(reading: 1, transforming: 8))?.contains("simpler transforms") == true)
    #expect(sentence(0.25, 60, LoadingTimes(reading: 1, writing: 8))?.contains("smaller images") == true)
  }

  /// Samples that take a while to be read.
  private struct Slow: DataSource {
    let location = "slow"
    let count = 24
    let columns = [Column("x", .numbers, .float, shape: [2]), .label(["a", "b"])]
    let pause: Duration

    func number(_ place: Int, of column: Int, at index: Int) -> Double { column == 1 ? Double(index % 2) : 0 }

    func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) {
      let end = ContinuousClock.now + pause
      while ContinuousClock.now < end {}
      if wanted.contains(0) { for place in 0..<2 { sample[0, place] = Float(index % 5) } }
      if wanted.contains(1) { sample[1, 0] = Float(index % 2) }
    }
  }

  private struct Shares: Callback {
    let shares: Box<[Double]>

    mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .epoch = event { shares.value = (shares.value ?? []) + [report.loadingShare] }
      return .goOn
    }
  }

  /// A network that is done at once waits for slow data nearly all the time, and the stage is the right one.
  @Test func waitingIsMeasured() throws {
    SourceRegistry.register("slow") { _ in Slow(pause: .milliseconds(2)) }
    var run = TrainingRun()
    run.recipe = Recipe(
      model: .layers([.init(className: "Dense", values: ["units": 2])], input: [2]), data: DataChoice(train: "own:slow")
    )
    run.recipe.inputs = ["input_layer": "x"]
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (4, 2, 3)
    let shares = Box<[Double]>()
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 18) { _ in [Shares(shares: shares)] }
    let found = try #require(shares.value)
    #expect(found.count == 3 && found.allSatisfy { $0 > 0.3 && $0 <= 1 }, "\(found)")

    let source = Slow(pause: .milliseconds(2))
    let loader = Loader(
      source, sampler: Sampler(count: 24, batch: 4, shards: 1, shuffledBy: nil), shards: 0..<1,
      preparation: try Preparation(for: source, Preprocessing()), to: 24)
    while try loader.next() != nil {}
    #expect(loader.times.reading >= 0.048 && loader.times.transforming == 0 && loader.times.writing > 0)
    #expect(loader.times.reading > loader.times.writing)
  }
}
