import Communication
import Datasets

extension Trainer {
  /// Saves on the first rank. Collective.
  ///
  /// - Returns: whether a callback wants to stop.
  func save(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) -> Bool {
    communicator.supervision.enter(.saving)
    try vote.agree { () throws(TrainingError) in
      guard communicator.rank == 0 else { return }
      try store.save(state: state) { path throws(TrainingError) in
        try Checkpoint.write(to: path, graph: graph, weights: weights, slots: slots, state: state, recipe: recipe)
      }
    }
    return tell(.saved(path: store.lastPath), lastStep, &callbacks)
  }

  /// Goes on from the newest sound checkpoint, which the first rank finds. Collective.
  func resume() throws(TrainingError) {
    let found = try vote.agree { () throws(TrainingError) in
      communicator.rank == 0 ? try store.newestSound() : (path: "", skipped: [])
    }
    let path: String
    do {
      path = String(decoding: try communicator.broadcast([UInt8](found.path.utf8), from: 0), as: UTF8.self)
    } catch {
      throw TrainingError(.ranks, error.description)
    }
    let header = try vote.agree { () throws(TrainingError) in
      let header = try Checkpoint.header(of: path)
      if let difference = recipe.difference(from: header.recipe) {
        throw TrainingError(.configuration, "\(path) was trained with another recipe: \(difference); use the old value, or another output folder.")
      }
      guard header.state.samples % sources.train.count == 0 || header.state.step > 0 else {
        throw TrainingError(.data, "\(path): its cursor does not fit the data; resume with the data it was trained on.")
      }
      try Checkpoint.load(path, graph: graph, into: weights, slots: slots)
      return header
    }
    state = header.state
    resumption = Resumption(path: path, step: state.step, skipped: found.skipped)
  }
}
