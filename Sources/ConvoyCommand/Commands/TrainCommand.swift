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
      Leaves DIR/last.h5 (the newest checkpoint, a Keras file), DIR/history.jsonl and DIR/config.yaml (the \
      configuration after overrides, its paths absolute). The weights are the same whatever the number of ranks and \
      threads. A run that a signal interrupted is continued by the same command line; any other run in DIR is \
      continued by --resume, or replaced by --overwrite.
      """)

  @Argument(help: ArgumentHelp("The configuration, YAML.", valueName: "config"))
  var path: String

  @Option(help: ArgumentHelp("Where the run goes; runs/NAME by default, after the configuration.", valueName: "dir"))
  var output: String?

  @Option(help: ArgumentHelp("Stop after so many steps, counted from the very start of training.", valueName: "n"))
  var maxSteps: Int?

  @Flag(
    help: """
      Go on from the newest sound checkpoint in DIR, or begin where there is none; the number of ranks may be another \
      one.
      """
  )
  var resume = false

  @Flag(help: "Go on with other data than the checkpoint was trained on; the epoch under way begins anew.")
  var dataChanged = false

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    if let maxSteps, maxSteps < 1 { throw ValidationError("--max-steps is \(maxSteps), but must be at least 1.") }
  }

  /// Ends all ranks where a step did not end in time after a signal.
  @Sendable private func endInterrupted(_ event: Interruption.Event) {
    let exception = event.isSaved && overwrite.isWanted ? " without --overwrite" : ""
    let sentence = "interrupted by a signal \(event.place): the same command line\(exception) goes on"
    // Behind the line that is being rewritten.
    if Launch.terminal != nil { Output.note("") }
    guard let communicator = event.communicator, LaunchEnvironment.current.hasLauncher else {
      Output.complain(sentence)
      World.endAtOnce(status: ExitStatus.interrupted.rawValue)
    }
    communicator.abort(code: Int(ExitStatus.interrupted.rawValue), because: sentence)
  }

  /// Writes the sample ids of every step into a file for each rank, for tests of the product: `PATH.RANK`.
  @Option(help: .hidden) var logSamples: String?

  func run() {
    // Before anything that takes long: a signal then waits for the first step.
    let signals = SignalCallback()
    let interruption = Launch.rank == 0 ? Interruption(end: endInterrupted) : nil
    Session.run { session in
      interruption?.attach(session.communicator)
      defer { interruption?.dismiss() }
      let recipe = try session.agree(.configuration) { try options.load(path).recipe }
      let folder = RunFolder(
        path: output ?? "runs/\(URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)")
      let lock = try session.onFirst(.data) { () -> FolderLock? in
        try folder.make()
        return try FolderLock.take(folder.path, for: "train", host: session.hostName)
      }
      defer { withExtendedLifetime(lock) {} }
      let isContinuation =
        try session.onFirst(.data) {
          try folder.isContinuation(
            of: recipe, resume: resume, overwrite: overwrite, inputs: [path] + recipe.inputFiles)
        } ?? false
      let goesOn = try session.communicator.broadcast([isContinuation ? 1 : 0], from: 0) == [1]
      let trainer = try Trainer(
        recipe, folder: folder.path, communicator: session.communicator, resume: goesOn, dataChanged: dataChanged)
      interruption?.attach(trainer)
      if session.isFirst, let resumption = trainer.resumption {
        for reason in resumption.skipped { Output.note("convoy: skipped a checkpoint: \(reason).") }
        Output.log("resuming from \(resumption.path) after step \(resumption.step)\n")
        if trainer.isOver { Output.log("\(folder.path) holds a finished run: \(recipe.wayToTrainLonger)\n") }
      }
      var callbacks: [any Callback] = [signals]
      if let logSamples { callbacks.append(try SampleLog(path: "\(logSamples).\(session.communicator.rank)")) }
      if session.isFirst {
        callbacks.append(
          ProgressReporter(columns: Launch.terminal.map { terminal in { terminal.columns } }, write: Output.log))
        callbacks.append(HistoryWriter(path: folder.history, warn: { Output.note("convoy: \($0)") }))
      }
      try session.agree(.data) {
        if session.isFirst { try folder.write(recipe) }
      }
      let summary = try trainer.train(maxSteps: maxSteps, callbacks: &callbacks)
      if session.isFirst, summary.isInterrupted, overwrite.isWanted { Output.log("to go on, leave out --overwrite\n") }
      if session.isFirst { Output.log("\(summary.text)\n") }
      if summary.isInterrupted { Session.end(with: .interrupted) }
    }
  }
}
