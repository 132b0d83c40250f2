import Communication
import Keras
import Networks
import Tensors

extension Trainer {
  /// Ends the run with the weights of its best epoch, which the first rank reads from `best.h5`. Collective.
  func restoreBest(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    guard recipe.earlyStopping?.restoreBest == true, state.restoredEpoch == nil,
      let index = BestEpoch(recipe).index(in: state.history), state.history[index].step < state.step
    else { return }
    let best = state.history[index]
    communicator.supervision.enter(.saving)
    writer?.wait()
    let saves = reportSaves(lastStep, &callbacks)
    let weights = Weights(engine.weights.table)
    let isThere = try vote.agree { () throws(TrainingError) in
      if let failure = saves.failure { throw failure }
      guard communicator.rank == 0 else { return false }
      // It is not, if the disk was full when it was to be written.
      guard let header = try? Checkpoint.header(of: bestCheckpoint), header.state.step == best.step else {
        return false
      }
      try Checkpoint.requireSound(bestCheckpoint)
      do {
        // Other layers may have been frozen then, whose weights lie elsewhere.
        let model = try KerasModel(reading: bestCheckpoint)
        let stored = Weights(ParameterTable(model.graph))
        try model.load(into: stored)
        for (entry, other) in zip(weights.table.entries, stored.table.entries) {
          precondition(entry.path == other.path, "the model is the same")
          weights[entry].copy(from: stored[other])
        }
      } catch {
        throw TrainingError(.data, "\(error)")
      }
      return true
    }
    do {
      guard try communicator.broadcast([isThere ? 1 : 0], from: 0) == [1] else {
        tell(
          .noticed("the weights of the best epoch, \(best.epoch), could not be saved, so those of the last step stay"),
          lastStep, &callbacks)
        return
      }
      try communicator.broadcast(weights.trainable, from: 0)
      try communicator.broadcast(weights.states, from: 0)
    } catch {
      throw TrainingError(.ranks, "\(error)")
    }
    gate.change {
      engine.restore(weights)
      state.restoredEpoch = best.epoch
    }
    tell(.noticed("restored the weights of the best epoch, \(best.epoch)"), lastStep, &callbacks)
  }
}
