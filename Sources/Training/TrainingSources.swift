import Communication
import Datasets
import Networks
import Tensors

/// The data of a run and what is done to it.
struct TrainingSources {
  let train: any DataSource
  /// What is measured after every epoch.
  let validation: (any DataSource)?
  /// What is measured at the end; without validation data, after every epoch.
  let test: (any DataSource)?
  let trainPreparation: Preparation
  /// Of validation and test data.
  let evaluationPreparation: Preparation?
  /// The shards of every batch that this rank works on.
  let shards: Range<Int>

  init(_ recipe: Recipe, rank: Int, of ranks: Int) throws(TrainingError) {
    (train, validation, test) = try recipe.openData(try recipe.wantedSamples())
    do {
      trainPreparation = try Preparation(
        for: train, recipe.preprocessing, augmentations: recipe.augmentation, seed: UInt64(bitPattern: Int64(recipe.seed)),
        views: recipe.views)
      evaluationPreparation = try (validation ?? test).map { (source) throws(DataError) in
        try Preparation(for: source, recipe.preprocessing)
      }
    } catch {
      throw TrainingError(.data, error.description)
    }
    guard ranks <= recipe.shards else {
      let more = recipe.shards(forWorkers: ranks).map { "set 'shards: \($0)'" } ?? "make 'batch' larger"
      throw TrainingError(
        .configuration, "\(ranks) ranks cannot share \(recipe.shards) shards of \(recipe.batch) images; start at most \(recipe.shards) ranks, or \(more).")
    }
    shards = ShardTree(shards: recipe.shards).shards(ofRank: rank, of: ranks)
  }

  /// What is measured after every epoch.
  var monitored: (any DataSource)? { validation ?? test }

  /// Classes that the labels tell apart.
  var classes: Int {
    if let count = train.labelCount { return count }
    let sources = [train, validation, test].compactMap(\.self)
    let highest = sources.map { source in (0..<source.count).reduce(0) { max($0, source.label(at: $1)) } }.max()!
    return max(highest + 1, train.classNames.count)
  }
}
