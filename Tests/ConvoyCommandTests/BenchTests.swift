import Foundation
import Testing

/// The tools that measure, on the smallest networks.
@Suite(.serialized) struct BenchTests {
  private struct Trace: Decodable {
    struct Event: Decodable {
      let name: String
      let ph: String
      let cat: String?
      let ts: Double?
      let dur: Double?
      let pid: Int
      let tid: Int
    }

    let traceEvents: [Event]
  }

  /// Every layer forward and backward, on every worker of every rank, inside the step.
  @Test func traceShowsAStepOfAllRanks() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let run = try convoy.run(
      ["bench", "lenet5", "--batch", "32", "--threads", "2", "--steps", "1", "--trace", "trace.json"], ranks: 2)
    #expect(run.status == 0, "\(run.errors)")
    let events = try JSONDecoder().decode(Trace.self, from: Data(convoy.read("trace.json").utf8)).traceEvents
    for rank in 0..<2 {
      for worker in 0..<2 {
        let own = events.filter { $0.pid == rank && $0.tid == worker && $0.ph == "X" }
        for category in ["forward", "backward"] {
          #expect(own.contains { $0.cat == category && $0.name == "conv2d" }, "rank \(rank), worker \(worker)")
        }
        #expect(own.allSatisfy { ($0.dur ?? -1) >= 0 && ($0.ts ?? -1) >= 0 })
      }
      let names = Set(events.filter { $0.pid == rank && $0.tid == 0 }.map(\.name))
      #expect(names.isSuperset(of: ["process_name", "thread_name", "load", "vote", "bucket 0", "update", "prepare"]))
    }
  }

  private struct Report: Decodable {
    let batch_per_rank: Int
    let shards: Int
    let images_per_second: Double
  }

  /// With its data, its batch and its shards, unless the command says others.
  @Test func aConfigurationIsTimed() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try convoy.write("recipe.yaml", "model: lenet5\ndata: {train: 'synthetic:64'}\nbatch: 16\nshards: 4\nepochs: 1\n")
    for (options, batch, shards) in [([], 16, 4), (["--batch", "8", "--set", "shards=2"], 8, 2)] {
      let run = try convoy.run(["bench", "recipe.yaml", "--steps", "3"] + options)
      #expect(run.status == 0, "\(run.errors)")
      let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
      #expect(report.batch_per_rank == batch && report.shards == shards && report.images_per_second > 0)
    }
    for (options, word) in [(["recipe.yaml", "--infer"], "--infer"), (["lenet5", "--set", "batch=1"], "--set")] {
      let refused = try convoy.run(["bench"] + options)
      #expect(refused.status != 0 && refused.errors.contains(word))
    }
  }

  private struct Memory: Decodable {
    let peak_rss_mb: Int
    let planned_rss_mb: Int
    let start_up_ms: [String: Double]
  }

  /// The plan foretells the peak resident size. The slack is what libraries and the allocator take as they please;
  /// large networks agree within 5 % (docs/performance.md).
  @Test(arguments: [1, 2], ["balanced", "fast"]) func memoryIsAsPlanned(ranks: Int, memory: String) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let run = try convoy.run(
      ["bench", "resnet20", "--batch", "256", "--shards", "\(2 * ranks)", "--steps", "1", "--memory", memory],
      ranks: ranks)
    #expect(run.status == 0, "\(run.errors)")
    let report = try JSONDecoder().decode(Memory.self, from: Data(run.output.utf8))
    #expect(abs(report.peak_rss_mb - report.planned_rss_mb) <= 16 + report.peak_rss_mb / 20, "\(report)")
    #expect(report.start_up_ms["all"]! > report.start_up_ms["weights"]!)
  }

  @Test func kernelsNameTheirBounds() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let run = try convoy.run(["bench", "lenet5", "--kernels"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("sgemm") && run.output.contains("direct") && run.output.contains(" ms, "))
  }

  @Test func theTreeIsTimedBesideMPIsOwnSum() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let run = try convoy.run(["bench", "lenet5", "--exchange", "--steps", "1"], ranks: 2)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("MPI_Iallreduce") && run.output.contains("tree, in buckets"))
    let alone = try convoy.run(["bench", "lenet5", "--exchange"])
    #expect(alone.status != 0 && alone.errors.contains("nothing to exchange on one rank"))
  }

  @Test func doctorLooksAtTheMachine() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let run = try convoy.run(["doctor", "lenet5", "--batch", "32"])
    #expect(run.status == 0, "\(run.errors)")
    for subject in ["processor:", "multiply-adds:", "memory:", "OpenBLAS:", "mpirun:"] {
      #expect(run.output.contains(" \(subject) "), "\(run.output)")
    }
    #expect(run.lines.last?.hasPrefix("fastest: mpirun ") == true)
    let refused = try convoy.run(["doctor", "--batch", "3"])
    #expect(refused.status == 64 && refused.errors.contains("--batch belongs to a network"))
  }
}
