import Communication
import Datasets
import Networks
import Tensors

// How a run computes once what nothing trains, and trains the rest from it.
extension Trainer {
  /// Computes the features of the stage under way, if there are any. Collective.
  func fillFeatures(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    guard let cache = engine.features else { return }
    communicator.supervision.enter(.loading)
    let start = ContinuousClock.now
    let isFound = try fill(cache.train)
    if let monitored = cache.monitored { _ = try fill(monitored) }
    engine.makeEvaluator(parts)
    runner.network.prepare()
    let set = cache.train
    let views = set.views > 1 ? ", \(set.views) views of each" : ""
    let tenths = Int((start.seconds * 10).rounded())
    tell(
      .noticed(
        "features of \(set.source.count) images\(views), shape \(set.shape), \((set.bytes + 500_000) / 1_000_000) MB: "
          + (isFound ? "found" : "computed in \(tenths / 10).\(tenths % 10) s")
          + "; what makes them is frozen, and only the rest is run from here on"),
      lastStep, &callbacks)
  }

  /// The features of test data that is looked at now. Collective.
  func fillTestFeatures() throws(TrainingError) {
    guard let set = engine.features?.test else { return }
    _ = try fill(set)
    engine.makeTestEvaluator(parts)
  }

  private func fill(_ set: FeatureSet) throws(TrainingError) -> Bool {
    try set.fill(engine.weights, communicator, parts.pool, vote, shardSize: recipe.batch / recipe.shards)
  }

  /// Batches from where the run stands: of features where there are some, else of images.
  func makeLoader() -> Loader {
    guard let set = engine.features?.train, let features = set.features, let preparation = set.featurePreparation else {
      return Loader(
        sources.train, inputs: parts.inputs, targets: parts.losses.targetColumns(of: sources.train),
        cuts: engine.plan.inputCuts, sampler: sampler, shards: sources.shards, preparation: sources.trainPreparation,
        from: state.samples)
    }
    return Loader(
      features, inputs: engine.inputs(parts), targets: parts.losses.targetColumns(of: features), sampler: sampler,
      shards: sources.shards,
      preparation: preparation, from: state.samples)
  }
}

extension Trainer {
  /// Bytes of the features that this rank keeps in memory now.
  package var featureBytes: (train: Int, validation: Int) {
    let cache = engine.features
    return (cache?.train.features?.bytesInMemory ?? 0, cache?.monitored?.features?.bytesInMemory ?? 0)
  }
}
