import Datasets
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Sources of a program's own, with samples that change with the epochs.
@Suite(.serialized) struct OwnSourceTests {
  /// Points that are drawn anew for every epoch: two numbers, and which of them is greater.
  private final class Points: DataSource {
    struct State {
      var epoch = -1
      var begun: [Int] = []
      /// How often a sample was read, by epoch.
      var reads: [Int: [Int: Int]] = [:]
    }

    let location = "points"
    let count = 50
    let columns = [Column("point", .numbers, .float, shape: [2]), .label(["first", "second"])]
    let changesWithEpochs = true
    let state = Mutex(State())

    func begin(epoch: Int) {
      state.withLock { state in
        state.epoch = epoch
        state.begun.append(epoch)
      }
    }

    private func point(_ index: Int, _ epoch: Int) -> [Float] {
      let first = Float((index * 37 + epoch * 11) % 50) / 50
      return number(0, of: 1, at: index) == 0 ? [first + 0.1, first] : [first, first + 0.1]
    }

    func number(_ place: Int, of column: Int, at index: Int) -> Double {
      column == 1 ? Double(index * 7 % 2) : Double(point(index, 0)[place])
    }

    func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) {
      let current = state.withLock { state in
        state.reads[epoch, default: [:]][index, default: 0] += 1
        return state.epoch
      }
      // What `begin` has prepared is that of the epoch.
      let point = point(index, current)
      if wanted.contains(0) { for place in 0..<2 { sample[0, place] = current == epoch ? point[place] : .nan } }
      if wanted.contains(1) { sample[1, 0] = Float(number(0, of: 1, at: index)) }
    }
  }

  private func run(_ name: String) -> TrainingRun {
    var run = TrainingRun()
    run.recipe = Recipe(
      model: .layers([.init(className: "Dense", values: ["units": 2])], input: [2]),
      data: DataChoice(train: "own:\(name)"))
    run.recipe.inputs = ["input_layer": "point"]
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (16, 4, 3)
    run.recipe.optimizer.rate = 0.5
    return run
  }

  @Test func everyEpochIsPreparedBeforeItIsRead() throws {
    var run = run("points")
    let opened = Mutex<[Points]>([])
    SourceRegistry.register("points") { _ in
      let points = Points()
      opened.withLock { $0.append(points) }
      return points
    }
    let digest = try run.digest(steps: 12)
    let points = opened.withLock { $0.last! }
    let state = points.state.withLock { $0 }
    // The first for the look at the data; what is ahead of the last step may have begun the next one.
    #expect(Array(state.begun.prefix(3)) == [0, 1, 2])
    for epoch in 1..<3 { #expect(state.reads[epoch] == Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, 1) })) }
    for (ranks, threads) in [(2, 1), (3, 2)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 12) == digest)
    }
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 6)
    (run.ranks, run.threads) = (2, 1)
    #expect(try run.train(in: folder, steps: 12, resume: true)[0].weightsDigest == digest)
  }

  /// Parts of one source would be prepared for different epochs at once.
  @Test func whatChangesIsNotTakenApart() throws {
    SourceRegistry.register("points") { _ in Points() }
    let changes: [(inout DataChoice) -> Void] = [
      { $0.split = SplitChoice(validation: Share(0.2)) }, { $0.sampling = .smote(neighbours: 2) },
    ]
    for change in changes {
      var run = run("points")
      change(&run.recipe.data)
      let error = #expect(throws: TrainingError.self) { try run.digest(steps: 1) }
      #expect(error?.description.contains("change with every epoch") == true, "\(error?.description ?? "")")
    }
  }

  @Test func whatIsNotRegisteredIsNamed() throws {
    let run = run("nobody")
    let error = #expect(throws: TrainingError.self) { try run.digest(steps: 1) }
    #expect(error?.description.contains("SourceRegistry.register") == true)
  }
}
