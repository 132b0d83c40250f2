import Foundation
import Testing

/// Sends signals to the built command while it trains.
@Suite(.serialized) struct SignalTests {
  private let train = ConvoyProcess.training

  private func prepared() throws -> ConvoyProcess { try .forTraining(epochs: 10) }

  private func straightDigest(_ convoy: ConvoyProcess) throws -> String {
    let run = try convoy.run(["train", "a.yaml", "--output", "straight"])
    return try #require(run.digest, "\(run.errors)")
  }

  @Test func aSignalToOneRankEndsAllAndTheSameLineGoesOn() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let first = try convoy.run(train, ranks: 3) { launcher in
      try convoy.waitForCheckpoint()
      let ranks = ConvoyProcess.children(of: launcher)
      #expect(ranks.count == 3)
      kill(try #require(ranks.last), SIGTERM)
    }
    #expect(first.status == 75, "\(first.output)\(first.errors)")
    #expect(
      first.lines.contains("interrupted by a signal: the same command line goes on"), "\(first.output)\(first.errors)")
    #expect(first.complaints.isEmpty)
    #expect(try convoy.run(["verify", "run"]).status == 0)
    let second = try convoy.run(train, ranks: 2)
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.lines.contains { $0.hasPrefix("resuming from run/last.h5 after step ") })
    #expect(try second.digest == straightDigest(convoy))
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGUSR1, SIGUSR2]) func withoutMPIToo(number: Int32) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let first = try convoy.run(train) { process in
      try convoy.waitForCheckpoint()
      kill(process, number)
    }
    #expect(first.status == 75, "\(first.output)\(first.errors)")
    let second = try convoy.run(train)
    #expect(second.status == 0 && second.lines.contains { $0.hasPrefix("resuming from ") })
    #expect(try second.digest == straightDigest(convoy))
    // A run that is over does not go on by itself.
    #expect(try convoy.run(train).status == 2)
  }

  @Test func mpirunForwardsSIGUSR1() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let first = try convoy.run(train, ranks: 2) { launcher in
      try convoy.waitForCheckpoint()
      kill(launcher, SIGUSR1)
    }
    #expect(first.status == 75, "\(first.output)\(first.errors)")
  }

  @Test func aHangupSavesAndGoesOn() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let run = try convoy.run(train + ["--set", "checkpoint={every: 1 epoch, keep: {last: 1000}}"], ranks: 2) {
      launcher in
      try convoy.waitForCheckpoint()
      kill(try #require(ConvoyProcess.children(of: launcher).last), SIGHUP)
    }
    #expect(run.status == 0, "\(run.errors)")
    let steps = try FileManager.default.contentsOfDirectory(atPath: convoy.path("run")).compactMap {
      $0.hasPrefix("step-") ? Int($0.dropFirst(5).prefix(8)) : nil
    }
    #expect(steps.count == 11, "\(steps.sorted())")
    #expect(steps.filter { $0 % 40 != 0 }.count == 1)
    #expect(try run.digest == straightDigest(convoy))
  }

  @Test func aSecondInterruptEndsAtOnce() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    // The step is so long that only the second one can have ended it.
    let long = ["--set", "batch=4000", "--set", "model=resnet56", "--set", "epochs=1000"]
    let start = Date()
    let run = try convoy.run(train + long) { process in
      while !convoy.exists("run/config.yaml") { usleep(5000) }
      usleep(200_000)
      kill(process, SIGINT)
      usleep(50000)
      kill(process, SIGINT)
    }
    #expect(run.status == SIGINT && run.wasKilled)
    #expect(-start.timeIntervalSinceNow < 30)
    #expect(!convoy.exists("run/last.h5"))
  }

  /// A limit on the size of files acts like a quota.
  @Test func aDiskThatIsFull() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let arguments = train + ["--set", "epochs=1"]
    let goesOn = try convoy.run(arguments, fileSizeLimit: 16)
    #expect(goesOn.status == 1)
    #expect(
      goesOn.lines.filter { $0.hasPrefix("NOT SAVED: the checkpoint could not be written: run/step-") }.count >= 2,
      "\(goesOn.output)")
    #expect(
      goesOn.complaints.count == 1 && goesOn.complaints[0].contains("the checkpoint could not be written"),
      "\(goesOn.errors)")
    let stops = try convoy.run(arguments + ["--set", "checkpoint.onSaveFailure=stop"], fileSizeLimit: 16)
    #expect(stops.status == 1)
    #expect(!stops.output.contains("NOT SAVED") && stops.complaints.count == 1, "\(stops.errors)")
    // What was there before is still there.
    #expect(try convoy.run(arguments).status == 0)
    #expect(try convoy.run(arguments + ["--resume", "--set", "epochs=2"], fileSizeLimit: 16).status == 1)
    let verified = try convoy.run(["verify", "run"])
    #expect(verified.status == 0 && verified.lines.first?.contains("step 40,") == true, "\(verified.output)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: convoy.path("run")).allSatisfy { !$0.hasSuffix(".temporary") }
    )
  }

  /// The log of a run may lie on the disk that is full.
  @Test func aLogThatCannotBeWritten() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(train + ["--max-steps", "1"]).status == 0)
    let run = try convoy.run(train + ["--max-steps", "2", "--resume"], fileSizeLimit: 0)
    #expect(run.status == 3 && !run.wasKilled)
    #expect(run.output.isEmpty && run.errors.isEmpty)
    #expect(try convoy.run(["verify", "run"], fileSizeLimit: 0).status != 0)
    #expect(try convoy.run(["verify", "run"]).status == 0)
  }
}
