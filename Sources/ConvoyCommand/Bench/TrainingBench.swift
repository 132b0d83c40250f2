import Communication
import Foundation
import Tensors
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

  /// - Parameters:
  ///   - trace: where a picture of the last step goes, which then is slower than the others.
  ///   - comparison: what every other step goes without; then there are twice as many steps.
  func run(steps: Int, trace: String?, comparison: Comparison?) throws -> StepTimes {
    defer { if session.isFirst { try? FileManager.default.removeItem(at: folder) } }
    let lastStep = StepTimes.warmUp + (comparison == nil ? steps : 2 * steps)
    let clock = StepWatch(
      session.communicator, trainer: trainer, tracedStep: trace == nil ? nil : lastStep, comparison: comparison)
    var callbacks: [any Callback] = [clock]
    let (start, heartbeat) = (ContinuousClock.now, World.heartbeatSeconds)
    _ = try trainer.train(maxSteps: lastStep, callbacks: &callbacks)
    let heartbeatShare = (World.heartbeatSeconds - heartbeat) / ((ContinuousClock.now - start) / .seconds(1))
    if let trace {
      let picture = try ChromeTrace(trainer.timelines, session.communicator)
      try session.agree(.data) { if session.isFirst { try picture.write(to: trace) } }
    }
    var times = clock.times
    (times.startUp, times.heartbeatShare) = (startUp, heartbeatShare)
    return times
  }
}

/// Takes the time whenever all ranks have finished a step.
private final class StepWatch: Callback {
  private let communicator: any Communicator
  private let trainer: Trainer
  /// Counted from 1.
  private let tracedStep: Int?
  private let comparison: Comparison?
  private var isWithout = false
  private(set) var times = StepTimes()
  private var start = ContinuousClock.now

  init(_ communicator: any Communicator, trainer: Trainer, tracedStep: Int?, comparison: Comparison?) {
    (self.communicator, self.trainer) = (communicator, trainer)
    (self.tracedStep, self.comparison) = (tracedStep, comparison)
  }

  func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive {
    guard case .step = event else { return .goOn }
    try communicator.barrier()
    if report.state.step == 1 { times.firstStep = ProcessStatistics.age }
    if report.state.step > StepTimes.warmUp {
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      if isWithout {
        times.without.append(seconds)
      } else {
        times.steps.append(seconds)
        times.exposed.append(report.exposedSeconds)
      }
    }
    isWithout = comparison != nil && !isWithout && report.state.step >= StepTimes.warmUp
    switch comparison {
    case .checks: trainer.isChecking = !isWithout
    case .polling: World.waitInsideMPI(isWithout)
    case nil: break
    }
    start = .now
    if report.state.step + 1 == tracedStep {
      trainer.timelines = (0..<trainer.threads).map { _ in Timeline(origin: start) }
    }
    return .goOn
  }
}
