import Communication
import Foundation
import Networks

// How a run goes from one of its stages to the next, and what is said of it.
extension Trainer {
  /// Makes the networks of the next stage and takes over the weights. Collective.
  func beginNextStage(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    try vote.agree { () throws(TrainingError) in try engine.frozen?.check(engine.weights, step: state.step) }
    let index = parts.stages.stage(after: state.step) + 1
    let next = parts.stages.all[index]
    if next.phase!.number > engine.stage.phase!.number { announceEnd(lastStep, &callbacks) }
    // Until the first step with other layers frozen, this is where a run goes on that is ended.
    if !isSaveDue { try beginSave(lastStep, &callbacks) }
    writer?.change()
    communicator.supervision.enter(.rebuilding)
    let (weights, slots) = (engine.weights, engine.slots)
    // The networks that are made now get the memory of those that are not needed any more.
    engine.features?.drop(on: communicator.rank)
    gate.change { engine = nil }
    let following = try makeEngine(index, isFirst: false)
    following.adopt(weights, slots)
    following.begin()
    gate.change { engine = following }
    engine.runner.check.isOn = isChecking
    engine.runner.record(on: timelines)
    try agreeOnStage()
    clock.beginStage()
    announceStage(lastStep, &callbacks)
    communicator.supervision.enter(.computing)
  }

  /// Says that the phase under way has ended, and how fast its last stage was.
  func announceEnd(_ lastStep: Int, _ callbacks: inout [any Callback]) {
    guard let phase = engine.stage.phase else { return }
    let steps = state.step - engine.stage.scheduleStart
    let time = clock.stageMilliseconds.map { ", \($0) ms a step" } ?? ""
    tell(.noticed("phase \(phase.number) of \(phase.count) ended after \(steps) steps\(time)"), lastStep, &callbacks)
  }

  /// Says what is trained from now on, and what that saves.
  func announceStage(_ lastStep: Int, _ callbacks: inout [any Callback]) {
    guard let text = engine.stagePlan.sentence(recipe, parts.model.graph) else { return }
    tell(.noticed(text), lastStep, &callbacks)
  }
}

extension TrainingCost {
  var megabytes: Int { (bytes + 500_000) / 1_000_000 }

  /// `37 %`
  func percent(of whole: TrainingCost, _ figure: KeyPath<TrainingCost, Int>) -> String {
    "\(Int((100 * Double(self[keyPath: figure]) / Double(max(1, whole[keyPath: figure]))).rounded())) %"
  }
}
