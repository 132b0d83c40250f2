import Communication
import Datasets
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// A run that does not fit is refused before it takes any memory, on all ranks, with settings that do fit.
@Suite(.serialized) struct MemoryCheckTests {
  private static func machine(_ left: Int, shell: Int? = nil) -> MemoryState {
    let own = shell.map { [MemoryLimit(name: "the shell (ulimit -v)", left: $0, isShared: false)] } ?? []
    return MemoryState(resident: 0, limits: [MemoryLimit(name: "the machine", left: left, isShared: true)] + own)
  }

  private func refusal(_ run: TrainingRun) throws -> TrainingError? {
    let folder = try TemporaryFolder()
    do {
      _ = try run.train(in: folder, steps: 1)
      return nil
    } catch let error as TrainingError {
      return error
    }
  }

  private static func run(batch: Int = 256, shards: Int = 4, ranks: Int = 1, threads: Int = 1) -> TrainingRun {
    var run = TrainingRun()
    (run.recipe.batch, run.recipe.shards, run.ranks, run.threads) = (batch, shards, ranks, threads)
    return run
  }

  /// The recipe with a setting such as `batch: 64 with shards: 4`.
  private static func apply(_ settings: String, to run: TrainingRun) throws -> TrainingRun {
    var run = run
    for setting in settings.split(separator: " with ") {
      let parts = setting.split(separator: ": ")
      switch parts[0] {
      case "memory": run.recipe.memory = try #require(MemoryUse(rawValue: String(parts[1])))
      case "threads": run.threads = try #require(Int(parts[1]))
      case "shards": run.recipe.shards = try #require(Int(parts[1]))
      case "batch": run.recipe.batch = try #require(Int(parts[1]))
      default: Issue.record("an unknown setting '\(setting)'")
      }
    }
    return run
  }

  @Test func whatFitsTrains() throws {
    var run = MemoryCheckTests.run(batch: 72, shards: 8)
    run.memory = { _ in MemoryCheckTests.machine(1 << 40, shell: 1 << 40) }
    #expect(try refusal(run) == nil)
  }

  /// Every setting that is named is enough.
  @Test(arguments: [(1, 1), (1, 3), (2, 2)]) func suggestionsFit(ranks: Int, threads: Int) throws {
    var run = MemoryCheckTests.run(ranks: ranks, threads: threads)
    let plan = try RunPlan(run.recipe, run.recipe.makeModel(input: [28, 28, 1], classes: 10))
    let needed = try ranks * plan.memory(ranks: ranks, threads: threads, isLaunched: false)[0].bytes
    var found: Set<Substring> = []
    for share in [0.98, 0.8, 0.6] {
      let left = Int(Double(needed) * share)
      run.memory = { _ in MemoryCheckTests.machine(left) }
      let error = try #require(try refusal(run))
      #expect(
        error.kind == .configuration && error.isShared
          && error.description.contains("but the machine leaves \(left.bytes)"))
      #expect(error.description.hasPrefix(ranks == 1 ? "rank 0 on " : "ranks 0, 1 on "))
      guard let start = error.description.ranges(of: "what fits: ").first?.upperBound else { continue }
      for settings in error.description[start...].dropLast().split(separator: ", or ") {
        let other = try MemoryCheckTests.apply(String(settings), to: run)
        #expect(try refusal(other) == nil, "\(settings) does not fit into \(left.bytes)")
        found.insert(settings.prefix { $0 != ":" })
      }
    }
    #expect(found.isSuperset(of: ["shards", "batch"]) && (threads == 1 || found.contains("threads")), "only \(found)")
  }

  /// Two ranks of a machine share it, and a rank whose shell gives less is named alone.
  @Test func ranksOfAMachineCountTogether() throws {
    var run = MemoryCheckTests.run(ranks: 3)
    let plan = try RunPlan(run.recipe, run.recipe.makeModel(input: [28, 28, 1], classes: 10))
    let needed = try plan.memory(ranks: 3, threads: 1, isLaunched: false)[0].bytes
    run.memory = { _ in MemoryCheckTests.machine(2 * needed) }
    #expect(try #require(try refusal(run)).description.hasPrefix("ranks 0, 1, 2 on "))
    func check(_ states: [(host: String, process: Int32, MemoryState)]) -> MemoryCheck {
      MemoryCheck(states.map { MemoryCheck.Rank(host: $0.host, process: $0.process, threads: 1, state: $0.2) })
    }
    let large = MemoryCheckTests.machine(1 << 30)
    let two = check([("a", 1, large), ("a", 2, large), ("b", 1, large)])
    #expect(two.shortage([500 << 20, 500 << 20, 1 << 30]) == nil)
    #expect(two.shortage([600 << 20, 600 << 20, 1])?.ranks == [0, 1])
    #expect(two.shortage([1, 1, 1100 << 20])?.host == "b")
    let shells = check([("a", 1, large), ("a", 2, MemoryCheckTests.machine(1 << 30, shell: 100 << 20))])
    let shortage = try #require(shells.shortage([200 << 20, 200 << 20]))
    #expect(shortage.ranks == [1] && shortage.limit == "the shell (ulimit -v)")
  }

  /// Numbers that cannot be added up are refused like any other.
  @Test(arguments: [(1 << 30, 1), (1 << 30, 1 << 20)]) func absurdBatchesAreRefused(batch: Int, shards: Int) throws {
    var run = MemoryCheckTests.run(batch: batch, shards: shards)
    run.memory = { _ in MemoryCheckTests.machine(1 << 40) }
    #expect(try #require(try refusal(run)).kind == .configuration)
  }
}
