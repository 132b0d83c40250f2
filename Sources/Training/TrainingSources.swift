import Communication
import Datasets
import Networks
import Tensors

/// The data of a run and what is done to it.
struct TrainingSources {
  let train: any DataSource
  let test: (any DataSource)?
  let trainPreparation: Preparation
  let testPreparation: Preparation?
  /// The shards of every batch that this rank works on.
  let shards: Range<Int>

  init(_ recipe: Recipe, rank: Int, of ranks: Int) throws(TrainingError) {
    var options = try recipe.wantedSamples()
    do {
      train = try openSource(recipe.data.train, options)
      options.shape = train.shape
      test = try recipe.data.test.map { (path) throws(DataError) in try openSource(path, options) }
      trainPreparation = try Preparation(
        for: train, recipe.preprocessing, augmentations: recipe.augmentation, seed: UInt64(bitPattern: Int64(recipe.seed)))
      testPreparation = try test.map { (source) throws(DataError) in try Preparation(for: source, recipe.preprocessing) }
    } catch {
      throw TrainingError(.data, error.description)
    }
    if let test, !test.classNames.isEmpty, !train.classNames.isEmpty, test.classNames != train.classNames {
      throw TrainingError(.data, "\(recipe.data.test!) has the classes \(test.classNames.joined(separator: ", ")), but \(recipe.data.train) has \(train.classNames.joined(separator: ", ")); give both the same folders.")
    }
    guard ranks <= recipe.shards else {
      throw TrainingError(.configuration, "\(ranks) ranks cannot share \(recipe.shards) shards; start at most \(recipe.shards) ranks, or raise 'shards'.")
    }
    shards = ShardTree(shards: recipe.shards).shards(ofRank: rank, of: ranks)
  }

  /// Classes that the labels tell apart.
  var classes: Int {
    let sources = [train] + (test.map { [$0] } ?? [])
    let highest = sources.map { source in (0..<source.count).reduce(0) { max($0, source.label(at: $1)) } }.max()!
    return max(highest + 1, train.classNames.count)
  }
}
