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

  @Test func kernelsNameTheirBounds() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let run = try convoy.run(["bench", "lenet5", "--kernels"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("sgemm") && run.output.contains("direct") && run.output.contains(" ms, "))
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
