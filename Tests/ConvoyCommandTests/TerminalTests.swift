import Foundation
import Testing

/// Ctrl-C at a terminal, and signals to `mpirun`, in steps of all lengths: the same command line goes on to the same
/// weights.
@Suite(.serialized) struct TerminalTests {
  private let train = ConvoyProcess.training
  /// What Ctrl-C types.
  private static let interrupt = "\u{3}"

  /// A configuration with three steps, each of about four seconds on one rank whatever the machine and the build,
  /// behind them an evaluation that takes as long.
  private func withLongSteps() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try write(convoy, batch: 64)
    let trial = try convoy.run(["train", "a.yaml", "--output", "trial"])
    try #require(trial.status == 0, "\(trial.errors)")
    let record = try JSONSerialization.jsonObject(with: Data(convoy.read("trial/history.jsonl").utf8)) as? [String: Any]
    let speed = try #require(record?["imagesPerSecond"] as? Double)
    try write(convoy, batch: max(2, Int(4 * speed / 32)) * 32)
    return convoy
  }

  private func write(_ convoy: ConvoyProcess, batch: Int) throws {
    try convoy.write(
      "a.yaml",
      """
      model:
        input: [32, 32, 3]
        layers:
          - Conv2D: {filters: 32, kernel_size: 3, padding: same, activation: relu}
          - BatchNormalization
          - Conv2D: {filters: 32, kernel_size: 3, padding: same, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 10, activation: softmax}
      data: {train: "synthetic:\(3 * batch)", test: "synthetic:\(8 * batch)"}
      batch: \(batch)
      shards: 4
      epochs: 1
      threads: 1

      """)
  }

  enum Means: CaseIterable { case keyboard, terminate, interrupt }

  private func stop(_ means: Means, _ terminal: Terminal, _ process: pid_t) throws {
    switch means {
    case .keyboard: try terminal.type(TerminalTests.interrupt)
    case .terminate: kill(try #require(ConvoyProcess.children(of: process).first), SIGTERM)
    case .interrupt: kill(try #require(ConvoyProcess.children(of: process).first), SIGINT)
    }
  }

  /// mpirun gives its ranks two seconds, and ends with status 1 whatever they do.
  @Test func mpirunInLongSteps() throws {
    let convoy = try withLongSteps()
    defer { convoy.remove() }
    let straight = try convoy.run(["train", "a.yaml", "--output", "straight"], ranks: 2)
    let digest = try #require(straight.digest, "\(straight.errors)")
    for means in Means.allCases {
      // The first step or the second one, and the evaluation.
      for place in means == .keyboard ? ["step 1/3", "step 3/3"] : ["step 1/3"] {
        let terminal = try Terminal()
        let first = try convoy.run(train + ["--overwrite"], ranks: 2, terminal: terminal) { process in
          try terminal.wait(for: place)
          usleep(300_000)
          try stop(means, terminal, process)
        }
        let text = terminal.text
        #expect(first.status == 1 || first.status == 130, "\(text)")
        #expect(terminal.complaints.count == 1, "\(text)")
        #expect(text.contains("is saved: the same command line without --overwrite goes on"), "\(text)")
        let second = try convoy.run(train, ranks: 1)
        #expect(second.status == 0 && second.output.contains("resuming from run/last.h5 after"), "\(second.errors)")
        #expect(second.digest == digest, "\(means) in \(place)")
        let figures = { (run: ConvoyProcess.Result) in run.lines.filter { $0.hasPrefix("test loss") } }
        #expect(figures(second) == figures(straight) && !figures(second).isEmpty)
      }
    }
  }

  /// Without mpirun the status is the one that is promised, and nobody waits for the step.
  @Test(arguments: [Means.keyboard, .terminate]) func oneRankInALongStep(_ means: Means) throws {
    let convoy = try withLongSteps()
    defer { convoy.remove() }
    let terminal = try Terminal()
    var stopped = Date()
    let first = try convoy.run(train, terminal: terminal) { process in
      try terminal.wait(for: "step 1/3")
      usleep(300_000)
      stopped = Date()
      try stop(means, terminal, process)
    }
    #expect(-stopped.timeIntervalSinceNow < 3)
    #expect(first.status == 75 && terminal.text.contains("is saved: the same command line goes on"), "\(terminal.text)")
    #expect(try convoy.run(["verify", "run"]).status == 0)
  }

  @Test(arguments: Means.allCases) func mpirunInShortSteps(_ means: Means) throws {
    let convoy = try ConvoyProcess.forTraining(epochs: 200)
    defer { convoy.remove() }
    let terminal = try Terminal()
    let first = try convoy.run(train, ranks: 2, terminal: terminal) { process in
      try convoy.waitForCheckpoint()
      try stop(means, terminal, process)
    }
    #expect(first.status != 0 && terminal.text.contains("the same command line goes on"), "\(terminal.text)")
    let second = try convoy.run(train + ["--set", "epochs=200", "--max-steps", "1"], ranks: 2)
    #expect(second.lines.contains { $0.hasPrefix("resuming from run/last.h5 after step ") }, "\(second.errors)")
  }

  /// Before the first step there is nothing to lose.
  @Test(arguments: [nil, 2]) func whileItStarts(_ ranks: Int?) throws {
    let convoy = try ConvoyProcess.forTraining(epochs: 1)
    defer { convoy.remove() }
    for delay in [20_000, 200_000, 500_000] as [UInt32] {
      let terminal = try Terminal()
      let run = try convoy.run(train, ranks: ranks, terminal: terminal) { _ in
        usleep(delay)
        try terminal.type(TerminalTests.interrupt)
      }
      #expect(run.status != 0 || terminal.text.contains("weights sha256"), "\(terminal.text)")
    }
    #expect(try convoy.run(train + ["--resume"], ranks: ranks).status == 0)
  }
}
