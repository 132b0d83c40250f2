/// The run that a folder holds.
public struct FoundRun: Sendable {
  /// Its newest sound checkpoint.
  public let header: Checkpoint.Header
  /// Whether a signal ended it before its last step: then the same command line goes on.
  public let isInterrupted: Bool

  /// The first thing in which a recipe differs from that of the run; nil where it is this run.
  public func difference(from recipe: Recipe) throws(TrainingError) -> String? {
    try recipe.settled().difference(from: header.recipe)
  }
}

extension Checkpoint {
  /// The checkpoints in the folder of a run, the newest first; none where there is no folder.
  public static func files(in folder: String) throws(TrainingError) -> [String] {
    try CheckpointStore(folder: folder, recipe: nil).checkpoints().map { "\(folder)/\($0.name)" }
  }

  /// Nil where a folder holds no sound checkpoint.
  public static func run(in folder: String) throws(TrainingError) -> FoundRun? {
    var store = CheckpointStore(folder: folder, recipe: nil)
    guard try !store.checkpoints().isEmpty, let newest = try? store.newestSound() else { return nil }
    let header = try header(of: newest.path)
    return FoundRun(header: header, isInterrupted: header.isInterrupted || InterruptionMark(folder: folder).isThere)
  }
}
