extension Checkpoint {
  /// The checkpoints in the folder of a run, the newest first; none where there is no folder.
  public static func files(in folder: String) throws(TrainingError) -> [String] {
    try CheckpointStore(folder: folder, recipe: nil).checkpoints().map { "\(folder)/\($0.name)" }
  }

  /// Whether a signal ended the run in a folder before its last step, and this recipe is the one that it followed: then the same command
  /// line goes on.
  public static func isInterruptedRun(in folder: String, of recipe: Recipe) throws(TrainingError) -> Bool {
    var store = CheckpointStore(folder: folder, recipe: nil)
    guard try !store.checkpoints().isEmpty, let newest = try? store.newestSound() else { return false }
    let header = try header(of: newest.path)
    let recipe = try recipe.settled()
    return header.isInterrupted && recipe.difference(from: header.recipe) == nil
  }
}
