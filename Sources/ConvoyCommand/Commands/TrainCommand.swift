import ArgumentParser
import Communication
import Foundation
import Reports
import Training

/// `convoy train`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train the model of a configuration; under mpirun, on all ranks together.",
    discussion: """
      Leaves DIR/last.h5 (the newest checkpoint, a Keras file), DIR/history.jsonl and DIR/config.yaml (the configuration \
      after overrides, its paths absolute). The weights are the same whatever the number of ranks and threads. A run that a \
      signal interrupted is continued by the same command line.
      """)

  @Argument(help: ArgumentHelp("The configuration, YAML.", valueName: "config"))
  var path: String

  @Option(help: ArgumentHelp("Where the run goes; runs/NAME by default, after the configuration.", valueName: "dir"))
  var output: String?

  @Option(help: ArgumentHelp("Stop after so many steps, counted from the very start of training.", valueName: "n"))
  var maxSteps: Int?

  @Flag(
    help:
      "Go on from the newest sound checkpoint in DIR, or begin where there is none; the number of ranks may be another one."
  )
  var resume = false

  @Flag(help: "Go on with other data than the checkpoint was trained on; the epoch under way begins anew.")
  var dataChanged = false

  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    if let maxSteps, maxSteps < 1 { throw ValidationError("--max-steps is \(maxSteps), but must be at least 1.") }
  }

  /// Writes the sample ids of every step into a file for each rank, for tests of the product: `PATH.RANK`.
  @Option(help: .hidden) var logSamples: String?

  func run() {
    // Before anything that takes long: a signal then waits for the first step.
    let signals = SignalCallback()
    Session.run { session in
      let recipe = try session.agree(.configuration) { try options.load(path).recipe }
      let folder = RunFolder(
        path: output ?? "runs/\(URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)")
      try session.agree(.data) {
        guard session.isFirst else { return }
        try folder.make()
      }
      let isContinuation = try session.agree(.data) { try session.isFirst && self.isContinuation(of: folder, recipe) }
      let goesOn = try session.communicator.broadcast([isContinuation ? 1 : 0], from: 0) == [1]
      let trainer = try Trainer(recipe, folder: folder.path, communicator: session.communicator, resume: goesOn,
        dataChanged: dataChanged)
      if session.isFirst, let resumption = trainer.resumption {
        for reason in resumption.skipped { Output.note("convoy: skipped a checkpoint: \(reason).") }
        Output.log("resuming from \(resumption.path) after step \(resumption.step)\n")
      }
      var callbacks: [any Callback] = [signals]
      if let logSamples { callbacks.append(try SampleLog(path: "\(logSamples).\(session.communicator.rank)")) }
      if session.isFirst {
        callbacks.append(ProgressReporter(columns: Launch.terminal.map { terminal in { terminal.columns } }, write: Output.log))
        callbacks.append(HistoryWriter(path: folder.history, warn: { Output.note("convoy: \($0)") }))
      }
      try session.agree(.data) {
        if session.isFirst { try folder.write(recipe) }
      }
      let summary = try trainer.train(maxSteps: maxSteps, callbacks: &callbacks)
      if session.isFirst { Output.log("\(summary.text)\n") }
      if summary.isInterrupted { Session.end(with: .interrupted) }
    }
  }

  /// Whether the run goes on from a checkpoint in its folder.
  private func isContinuation(of folder: RunFolder, _ recipe: Recipe) throws(TrainingError) -> Bool {
    guard try !folder.checkpoints.isEmpty else {
      if resume { Output.log("\(folder.path) holds no checkpoint yet: training begins\n") }
      return false
    }
    if resume { return true }
    if try Checkpoint.isInterruptedRun(in: folder.path, of: recipe) {
      Output.log("\(folder.path) holds this run as a signal interrupted it; to begin anew, remove it or choose another --output\n")
      return true
    }
    Output.log("\(folder.path) holds an earlier run, which this one replaces\n")
    return false
  }
}
