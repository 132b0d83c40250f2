import Foundation

/// The checkpoints of one run: `last.h5` is the newest, `step-N.h5` the newest ones where several are kept, `best.h5` the one of the
/// highest test accuracy where that is kept.
struct CheckpointStore {
  let folder: String
  let policy: CheckpointPolicy

  var lastPath: String { folder + "/last.h5" }

  func isDue(step: Int, stepsPerEpoch: Int) -> Bool {
    let every = policy.every.steps(perEpoch: stepsPerEpoch)
    return every > 0 && step % every == 0
  }

  /// Writes what the policy asks for; older ones go only when the newer ones are safe.
  func save(state: TrainingState, write: (String) throws(TrainingError) -> Void) throws(TrainingError) {
    try write(lastPath)
    if policy.keep.best > 0, isBest(state) { try write(folder + "/best.h5") }
    guard policy.keep.last > 1 else { return }
    let digits = String(state.step)
    try write("\(folder)/step-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).h5")
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      let steps = names.filter { $0.hasPrefix("step-") && $0.hasSuffix(".h5") }.sorted()
      for name in steps.dropLast(policy.keep.last) { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    } catch {
      throw TrainingError(.run, "an old checkpoint in \(folder) could not be removed: \(error.localizedDescription)")
    }
  }

  /// Whether the last evaluation, made in this very step, beats all before it.
  private func isBest(_ state: TrainingState) -> Bool {
    guard let last = state.history.last, last.step == state.step, let accuracy = last.test?.accuracy else { return false }
    return state.history.dropLast().allSatisfy { ($0.test?.accuracy ?? 0) < accuracy }
  }
}
