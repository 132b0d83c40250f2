import Digests
import Foundation
import HDF5
import TemporaryFiles

/// The checkpoints of one run: `last.h5` is the newest; where several are kept, `step-N.h5` are the newest ones, of
/// which `last.h5` is another name; `best.h5` is the one of the best epoch (`BestEpoch`) where that is kept.
///
/// Every one is verified before it gets its name, and only then do older ones go. So the newest sound one is never
/// lost.
struct CheckpointStore {
  let folder: String
  let policy: CheckpointPolicy
  private let bestEpoch: BestEpoch
  /// Files that belong to the run under way, oldest first; others are left over from one that it replaces.
  private var own: [String] = []

  /// - Parameter recipe: decides what is kept; nil only looks at what is there.
  init(folder: String, recipe: Recipe?) {
    self.folder = folder
    bestEpoch = BestEpoch(recipe)
    var policy = recipe?.checkpoint ?? CheckpointPolicy()
    // What is to be restored at the end must be there.
    if recipe?.earlyStopping?.restoreBest == true { policy.keep.best = 1 }
    self.policy = policy
  }

  var lastPath: String { "\(folder)/\(CheckpointStore.last)" }

  var bestPath: String { "\(folder)/\(CheckpointStore.best)" }

  /// Writes what the policy asks for.
  mutating func save(state: TrainingState, write: (String) throws(TrainingError) -> Void) throws(TrainingError) {
    var kept = [CheckpointStore.last]
    if policy.keep.last > 1 {
      let name = CheckpointStore.name(ofStep: state.step)
      try write("\(folder)/\(name)")
      try give(name, theName: CheckpointStore.last, write)
      own = own.filter { $0 != name } + [name]
      kept += own.filter(CheckpointStore.isOfStep).suffix(policy.keep.last)
    } else {
      try write(lastPath)
    }
    if isBest(state) {
      try give(kept.last!, theName: CheckpointStore.best, write)
      own = own.filter { $0 != CheckpointStore.best } + [CheckpointStore.best]
    }
    if own.contains(CheckpointStore.best) { kept.append(CheckpointStore.best) }
    try remove { !kept.contains($0) && CheckpointStore.isCheckpoint($0) }
    own = own.filter(kept.contains)
  }

  /// Makes the folder where it is missing, and removes what a process left there that was killed while it wrote.
  func begin() throws(TrainingError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw TrainingError(
        .data, "the folder \(folder) cannot be made (\(error.localizedDescription)); choose another one.")
    }
    try remove(TemporaryName.isTemporary)
  }

  /// The newest checkpoint that is sound, and why newer ones are not.
  mutating func newestSound() throws(TrainingError) -> (path: String, skipped: [String]) {
    let candidates = try checkpoints()
    guard !candidates.isEmpty else {
      throw TrainingError(.data, "\(lastPath): there is no checkpoint to resume from; start without --resume.")
    }
    var skipped: [String] = []
    for (index, candidate) in candidates.enumerated() {
      let path = "\(folder)/\(candidate.name)"
      let verification = try Verification(of: path)
      if verification.isSound {
        own = candidates[index...].reversed().map(\.name)
        return (path, skipped)
      }
      skipped.append("\(path): \(verification.text)")
    }
    throw TrainingError(
      .data,
      "no checkpoint in \(folder) is sound: \(skipped.joined(separator: "; ")); train anew with --overwrite instead of "
        + "--resume.")
  }

  /// The folder's checkpoints, the newest first; before them those that do not even say how new they are.
  func checkpoints() throws(TrainingError) -> [(name: String, step: Int)] {
    let checkpoints = try names().filter(CheckpointStore.isCheckpoint).map { name in
      let seal = try? Seal.read(FileBytes(reading: "\(folder)/\(name)"))?.seal
      return (name: name, step: seal?.step ?? CheckpointStore.step(inName: name) ?? .max)
    }
    // Of two names of one file, last.h5 is what people know it by.
    return checkpoints.sorted {
      ($1.step, $0.name == CheckpointStore.last ? 0 : 1) < ($0.step, $1.name == CheckpointStore.last ? 0 : 1)
    }
  }

  /// Whether a file has one of the names that checkpoints of a run have.
  static func isCheckpoint(_ name: String) -> Bool { name == last || name == best || isOfStep(name) }

  private static let last = "last.h5"
  private static let best = "best.h5"

  private static func name(ofStep step: Int) -> String {
    let digits = String(step)
    return "step-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).h5"
  }

  private static func step(inName name: String) -> Int? { Int(name.dropFirst("step-".count).dropLast(".h5".count)) }

  private static func isOfStep(_ name: String) -> Bool {
    name.hasPrefix("step-") && name.hasSuffix(".h5") && step(inName: name) != nil
  }

  /// Gives a new checkpoint another name too; where the file system knows no second names, writes it twice.
  private func give(
    _ name: String, theName other: String, _ write: (String) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    let isLinked: Bool
    do {
      isLinked = try File.link("\(folder)/\(name)", as: "\(folder)/\(other)")
    } catch {
      throw TrainingError(.run, error.description)
    }
    if !isLinked { try write("\(folder)/\(other)") }
  }

  private func names() throws(TrainingError) -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw TrainingError(.data, "the folder \(folder) cannot be listed: \(error.localizedDescription)")
    }
  }

  private func remove(_ isUnwanted: (String) -> Bool) throws(TrainingError) {
    for name in try names() where isUnwanted(name) {
      do {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      } catch {
        throw TrainingError(.run, "\(folder)/\(name) could not be removed: \(error.localizedDescription)")
      }
    }
  }

  /// Whether the last evaluation, made in this very step, beats all before it, and the policy keeps the best one.
  func isBest(_ state: TrainingState) -> Bool {
    guard policy.keep.best > 0, let last = state.history.last, last.step == state.step else { return false }
    return bestEpoch.index(in: state.history) == state.history.count - 1
  }
}
