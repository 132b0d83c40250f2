import Communication
import Foundation
import Training

/// Times whole training steps, loading and the agreement of the ranks included.
struct TrainingBench {
  private let session: Session
  private let trainer: Trainer
  private let folder: URL
  private var startUp: [String: Double] = [:]

  init(_ recipe: Recipe, _ session: Session) throws {
    startUp["launch"] = ProcessStatistics.age
    self.session = session
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "convoy-bench-\(ProcessInfo.processInfo.processIdentifier)")
    self.folder = folder
    try session.agree(.data) {
      if session.isFirst { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    }
    trainer = try Trainer(recipe, folder: folder.path, communicator: session.communicator)
    for phase in trainer.startUp.phases { startUp[phase.name] = phase.seconds }
    startUp["all"] = ProcessStatistics.age
  }

  func run(steps: Int) throws -> StepTimes {
    defer { if session.isFirst { try? FileManager.default.removeItem(at: folder) } }
    let clock = StepWatch(session.communicator)
    var callbacks: [any Callback] = [clock]
    _ = try trainer.train(maxSteps: StepTimes.warmUp + steps, callbacks: &callbacks)
    var times = clock.times
    times.startUp = startUp
    return times
  }
}

/// Takes the time whenever all ranks have finished a step.
private final class StepWatch: Callback {
  private let communicator: any Communicator
  private(set) var times = StepTimes()
  private var start = ContinuousClock.now

  init(_ communicator: any Communicator) { self.communicator = communicator }

  func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive {
    guard case .step = event else { return .goOn }
    try communicator.barrier()
    if report.state.step == 1 { times.firstStep = ProcessStatistics.age }
    if report.state.step > StepTimes.warmUp {
      times.steps.append((ContinuousClock.now - start) / .seconds(1))
      times.exposed.append(report.exposedSeconds)
    }
    start = .now
    return .goOn
  }
}
