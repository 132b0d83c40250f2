import Communication
import Foundation
import Networks

// How a run goes from one stretch of its course to the next, and what is said of it.
extension Trainer {
  /// Makes the networks of the next stretch and takes over the weights. Collective.
  func beginNextStretch(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    try vote.agree { () throws(TrainingError) in try engine.frozen?.check(engine.weights, step: state.step) }
    let index = parts.course.stretch(after: state.step) + 1
    let next = parts.course.stretches[index]
    if next.phase!.number > engine.stretch.phase!.number { announceEnd(lastStep, &callbacks) }
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
    try agreeOnStretch()
    clock.beginStretch()
    announceStretch(lastStep, &callbacks)
    communicator.supervision.enter(.computing)
  }

  /// Says that the phase under way has ended, and how fast its last stretch was.
  func announceEnd(_ lastStep: Int, _ callbacks: inout [any Callback]) {
    guard let phase = engine.stretch.phase else { return }
    let steps = state.step - engine.stretch.scheduleStart
    let time = clock.stretchMilliseconds.map { ", \($0) ms a step" } ?? ""
    tell(.noticed("phase \(phase.number) of \(phase.count) ended after \(steps) steps\(time)"), lastStep, &callbacks)
  }

  /// Says what is trained from now on, and what that saves.
  func announceStretch(_ lastStep: Int, _ callbacks: inout [any Callback]) {
    guard let text = engine.stretchPlan.sentence(recipe, parts.model.graph) else { return }
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
