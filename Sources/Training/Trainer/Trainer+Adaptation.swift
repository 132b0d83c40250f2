import Communication

extension Trainer {
  /// The recipe with the states of layers that take them from the data, or from the checkpoint that a run goes on from.
  /// Collective.
  static func adapting(
    _ recipe: Recipe, folder: String, resume: Bool, _ placement: ThreadPlacement, _ communicator: any Communicator
  ) throws(TrainingError) -> Recipe {
    let adaptation = Adaptation(recipe: recipe, communicator: communicator, placement: placement)
    guard resume else { return try adaptation.settled(resuming: nil) }
    var store = CheckpointStore(folder: folder, recipe: recipe)
    let vote = Vote(communicator)
    let found = try vote.agree { () throws(TrainingError) in
      communicator.rank == 0 ? try? store.newestSound().path : nil
    }
    do {
      let path = String(decoding: try communicator.broadcast([UInt8]((found ?? "").utf8), from: 0), as: UTF8.self)
      return try adaptation.settled(resuming: path.isEmpty ? nil : path)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.ranks, "\(error)")
    }
  }
}
