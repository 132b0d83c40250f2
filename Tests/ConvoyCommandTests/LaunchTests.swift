import Foundation
import Testing

/// Runs `launch/convoy-run` with the built command.
@Suite(.serialized) struct LaunchTests {
  private let train = ConvoyProcess.training

  private func prepared() throws -> ConvoyProcess { try .forTraining(epochs: 2) }

  /// mpirun under the script, once there is a checkpoint.
  private func launcher(under script: pid_t, _ convoy: ConvoyProcess) throws -> pid_t {
    try convoy.waitForCheckpoint()
    return try #require(ConvoyProcess.children(of: script).first)
  }

  @Test func aRunIsStartedAgainAfterAFailure() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let run = try convoy.launch(["convoy-run", "--ranks", "2", "--backoff", "0"] + train) { script in
      kill(try #require(ConvoyProcess.children(of: launcher(under: script, convoy)).last), SIGKILL)
    }
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.errors.contains("convoy-run: starting 2 ranks: train a.yaml --output run"), "\(run.errors)")
    #expect(run.errors.contains("; restart 1 of 3 from the newest sound checkpoint in 0 s"), "\(run.errors)")
    #expect(run.lines.contains { $0.hasPrefix("resuming from run/last.h5 after step ") })
    #expect(try run.digest == convoy.run(["train", "a.yaml", "--output", "straight"]).digest)
  }

  /// mpirun stands still when its ranks die, and notices nothing.
  @Test func anMpirunThatStaysIsEnded() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let run = try convoy.launch(["convoy-run", "--ranks", "2", "--backoff", "0"] + train) { script in
      let launcher = try launcher(under: script, convoy)
      kill(launcher, SIGSTOP)
      for rank in ConvoyProcess.children(of: launcher) { kill(rank, SIGKILL) }
    }
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(
      run.errors.contains("convoy-run: all ranks have ended, but mpirun has not for 15 s: ending it"), "\(run.errors)")
    #expect(run.errors.contains("convoy-run: status 137; restart 1 of 3"), "\(run.errors)")
  }

  @Test(arguments: [SIGTERM, SIGINT]) func aSignalEndsTheRunAndTheSameLineGoesOn(number: Int32) throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let line = ["convoy-run", "--ranks", "2"] + train
    let first = try convoy.launch(line) { script in
      _ = try launcher(under: script, convoy)
      kill(script, number)
    }
    #expect(first.status == 75, "\(first.output)\(first.errors)")
    let second = try convoy.launch(line)
    #expect(second.status == 0 && second.lines.contains { $0.hasPrefix("resuming from ") }, "\(second.errors)")
  }

  @Test func hostsThatDoNotAnswerAreLeftOut() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    try convoy.write("hosts", "# nodes\nlocalhost slots=1\nfar slots=2\n")
    let run = try convoy.launch(["convoy-run", "--hostfile", "hosts", "--ranks", "3"] + train + ["--max-steps", "1"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("convoy-run: no answer from far: going on without\n"))
    #expect(run.errors.contains("convoy-run: 1 rank instead of 3: the hosts that answer have no more slots\n"))
    try convoy.write("hosts", "far slots=2\n")
    #expect(try convoy.launch(["convoy-run", "--hostfile", "hosts"] + train).status == 1)
  }

  @Test func whatCannotGetBetterIsNotTriedAgain() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let run = try convoy.launch(["convoy-run", "--ranks", "1"] + train + ["--set", "batch=7"])
    #expect(run.status == 2)
    #expect(run.errors.contains("convoy-run: status 2: another start would end alike"))
    #expect(try convoy.launch(["convoy-run", "train"]).status == 64)
    #expect(try convoy.launch(["convoy-run"]).status == 1)
    #expect(try convoy.launch(["convoy-run", "--help"]).output.contains("--restarts N"))
  }
}
