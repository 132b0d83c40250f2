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

  /// Neither does mpirun add anything where a thread of the first rank ends all in the midst of a long step, or before
  /// the ranks are connected: as soon as the program has taken the signals, which is the first thing that it does.
  @Test(arguments: [SIGTERM, SIGINT], [0, 20_000, 2_000_000] as [UInt32])
  func aStepThatIsCutOffIsQuiet(_ number: Int32, _ microseconds: UInt32) throws {
    let result = try interrupted { launcher in
      let first = try #require(try taken(launcher).first)
      usleep(microseconds)
      kill(first, number)
    }
    #expect(result.status == 75, "\(result.output)\(result.errors)")
    expectOneSentence(result, mayBeLost: microseconds < 1_000_000)
  }

  /// The same for mpirun, which passes signals on a second later and ends with a status of its own.
  @Test(arguments: [SIGTERM, SIGINT], [0, 20_000, 2_000_000] as [UInt32])
  func anInterruptedLauncherIsQuiet(_ number: Int32, _ microseconds: UInt32) throws {
    let result = try interrupted { launcher in
      _ = try taken(launcher)
      usleep(microseconds)
      kill(launcher, number)
    }
    #expect(result.status != 0, "\(result.output)\(result.errors)")
    expectOneSentence(result, mayBeLost: microseconds < 1_000_000)
  }

  /// - Parameter mayBeLost: whether mpirun may not have begun to pass on what the ranks say.
  private func expectOneSentence(_ result: ConvoyProcess.Result, mayBeLost: Bool) {
    let lines = result.errors.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("convoy: interrupted by a signal ") }, "\(result.errors)")
    #expect(lines.count == 1 || mayBeLost && lines.isEmpty, "\(result.errors)")
  }

  /// A training on two ranks whose steps take long.
  private func interrupted(_ during: (_ launcher: pid_t) throws -> Void) throws -> ConvoyProcess.Result {
    let convoy = try prepared()
    defer { convoy.remove() }
    let long = ["--set", "batch=4000", "--set", "model=resnet56", "--set", "threads=1"]
    return try convoy.run(ConvoyProcess.training + long, ranks: 2, during: during)
  }

  /// The ranks, once each has taken the signals. Until then, in the first hundredths of a second, a signal ends a
  /// process as it does any program, and mpirun has its own words for that.
  private func taken(_ launcher: pid_t) throws -> [pid_t] {
    let deadline = Date(timeIntervalSinceNow: 60)
    while deadline > .now {
      let ranks = ConvoyProcess.children(of: launcher).sorted()
      if ranks.count == 2, ranks.allSatisfy(hasTaken) { return ranks }
      usleep(1000)
    }
    throw CancellationError()
  }

  /// Whether a process handles SIGUSR1, which only a training does; mpirun itself does in the child that becomes it.
  private func hasTaken(_ process: pid_t) -> Bool {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let caught = status.firstMatch(of: /SigCgt:\s*([0-9a-f]+)/).flatMap { UInt64($0.1, radix: 16) } ?? 0
    return program?.hasSuffix("/convoy") == true && caught >> UInt64(SIGUSR1 - 1) & 1 == 1
  }
}
