import Foundation
import Testing

/// The screen when a run under mpirun ends: our sentence last, and none of mpirun's.
@Suite(.serialized) struct MpirunOutputTests {
  private func prepared() throws -> ConvoyProcess { try .forTraining(epochs: 1) }

  @Test(
    arguments: [
      (["train", "a.yaml", "--set", "lr=1", "--output", "run"], Int32(2), "convoy: --set lr=1: "),
      (["train", "none.yaml", "--output", "run"], 2, "convoy: none.yaml: "),
      (["train", "a.yaml", "--set", "data.train=/nowhere", "--output", "run"], 3, "convoy: /nowhere: "),
      (["train", "a.yaml", "--set", "optimizer.rate=1.0e+30", "--output", "run"], 1, "convoy: "),
      (["evaluate", "none.h5"], 3, "convoy: none.h5: "),
      (["predict", "a.h5", "a.png"], 2, "convoy: convoy predict is one process; start it without mpirun."),
      (["train"], 64, "  See 'convoy train --help'"),
      (["train", "a.yaml", "--foo"], 64, "  See 'convoy train --help'"),
    ], [1, 2, 3])
  func oursIsTheLastLine(_ run: (arguments: [String], status: Int32, start: String), _ ranks: Int) throws {
    if ranks == 1, run.arguments[0] == "predict" { return }
    let convoy = try prepared()
    defer { convoy.remove() }
    let result = try convoy.run(run.arguments, ranks: ranks)
    #expect(result.status == run.status, "\(result.errors)")
    let last = result.errors.split(separator: "\n").last ?? ""
    #expect(last.hasPrefix(run.start), "\(result.errors)")
    #expect(!result.errors.contains("----") && !result.errors.contains("ORTE"), "\(result.errors)")
    if run.status != 64 { #expect(result.complaints.count == 1, "\(result.errors)") }
  }

  /// An interrupted run too: its last words are on the standard output.
  @Test func anInterruptedRunIsQuiet() throws {
    let convoy = try ConvoyProcess.forTraining(epochs: 200)
    defer { convoy.remove() }
    let result = try convoy.run(ConvoyProcess.training, ranks: 2) { launcher in
      try convoy.waitForCheckpoint()
      kill(launcher, SIGUSR1)
    }
    // mpirun says that it passes the signal on, when it gets it.
    let errors = result.errors.split(separator: "\n").filter { !$0.hasPrefix("mpirun: Forwarding signal") }
    #expect(result.status == 75 && errors.isEmpty, "\(result.errors)")
    #expect(result.digest != nil, "\(result.output)")
  }

  /// Neither does mpirun add anything where a thread of the first rank ends all in the midst of a long step.
  @Test(arguments: [SIGTERM, SIGINT]) func aStepThatIsCutOffIsQuiet(_ number: Int32) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let long = ["--set", "batch=4000", "--set", "model=resnet56", "--set", "threads=1"]
    let result = try convoy.run(ConvoyProcess.training + long, ranks: 2) { launcher in
      while ConvoyProcess.children(of: launcher).count < 2 { usleep(1000) }
      // The program takes the signal before anything else.
      usleep(2_300_000)
      kill(try #require(ConvoyProcess.children(of: launcher).first), number)
    }
    #expect(result.status == 75, "\(result.output)\(result.errors)")
    let lines = result.errors.split(separator: "\n")
    #expect(
      lines.count == 1 && lines[0].hasPrefix("convoy: interrupted by a signal "), "\(result.errors)")
  }
}
