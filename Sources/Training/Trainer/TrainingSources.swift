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
  /// The recipe's, with the numbers of the data that is trained on.
  let preprocessing: Preprocessing
  let trainPreparation: Preparation
  let validationPreparation: Preparation?
  let testPreparation: Preparation?
  /// The shards of every batch that this rank works on.
  let shards: Range<Int>
  /// Names of columns that inputs take, where these are not the image alone.
  private let inputs: Set<String>

  init(_ recipe: Recipe, rank: Int, of ranks: Int) throws(TrainingError) {
    let options = try recipe.wantedSamples()
    inputs = Set(options.inputs.map(\.column))
    (train, validation, test) = try recipe.openData(options)
    let preprocessing = recipe.preprocessing.learning(from: train)
    self.preprocessing = preprocessing
    do {
      trainPreparation = try Preparation(
        for: train, preprocessing, augmentations: recipe.augmentation, transforms: recipe.transforms,
        together: recipe.data.columns.compactMapValues(\.transformedWith),
        seed: UInt64(bitPattern: Int64(recipe.seed)), views: recipe.views)
      validationPreparation = try validation.map { (source) throws(DataError) in
        try Preparation(for: source, preprocessing)
      }
      testPreparation = try test.map { (source) throws(DataError) in try Preparation(for: source, preprocessing) }
    } catch {
      throw TrainingError(.data, error.description)
    }
    guard ranks <= recipe.shards else {
      let more = recipe.shards(forWorkers: ranks).map { "set 'shards: \($0)'" } ?? "make 'batch' larger"
      throw TrainingError(
        .configuration,
        "\(ranks) ranks cannot share \(recipe.shards) shards of \(recipe.batch) images; start at most \(recipe.shards) "
          + "ranks, or \(more)."
      )
    }
    shards = ShardTree(shards: recipe.shards).shards(ofRank: rank, of: ranks)
  }

  /// What the model is made for.
  var description: DataDescription { DataDescription(train, trainPreparation.columns, classes: classes) }

  /// The data to validate and test on, and how it is prepared.
  var measured: [(source: any DataSource, preparation: Preparation)] {
    [(validation, validationPreparation), (test, testPreparation)].compactMap { source, preparation in
      if let source, let preparation { (source, preparation) } else { nil }
    }
  }

  /// What is measured after every epoch.
  var monitored: (any DataSource)? { validation ?? test }
  var monitoredPreparation: Preparation? { validationPreparation ?? testPreparation }

  /// What a person should know of the data, in a sentence each. Parts of the same data say the same.
  var notices: [String] {
    let preparations = [trainPreparation, validationPreparation, testPreparation].compactMap { $0?.notice }
    let all = [train, validation, test].compactMap(\.self).flatMap(\.notices) + preparations
    return all.indices.filter { all.firstIndex(of: all[$0]) == $0 }.map { all[$0] }
  }

  /// Classes that the labels tell apart; where samples have none, the classes of a pixel or the numbers to predict.
  var classes: Int {
    guard train.labelColumn != nil else {
      let target = train.columns.first { $0.kind != .weight && $0.kind != .image && !inputs.contains($0.name) }
      return target.map { $0.kind == .mask ? $0.classNames.count : $0.shape.count } ?? 1
    }
    if let count = train.labelCount { return count }
    let sources = [train, validation, test].compactMap(\.self)
    let highest = sources.map { source in (0..<source.count).reduce(0) { max($0, source.label(at: $1)) } }.max()!
    return max(highest + 1, train.classNames.count)
  }
}
