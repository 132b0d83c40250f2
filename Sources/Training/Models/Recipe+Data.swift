import Communication
public import Datasets
import Networks
public import Tensors

extension Recipe {
  /// The shape of a sample and the classes of the data, as training would take them.
  public func describeData() throws(TrainingError) -> (input: Shape, classes: Int) {
    let sources = try TrainingSources(self, rank: 0, of: 1)
    return (sources.train.shape, sources.classes)
  }

  /// What the data must be: the model's own input, and for synthetic data its classes too; nil where the data decides.
  func wantedSamples() throws(TrainingError) -> SourceOptions {
    let processes = LaunchEnvironment.current.localRanks
    var options = SourceOptions(resize: data.resize, memoryLimit: SourceOptions.usualMemoryLimit(processes: processes))
    let isSynthetic = data.train.hasPrefix("synthetic:")
    if let graph = try ownModel()?.graph {
      options.shape = graph.inputShapes.first
      if isSynthetic { options.classes = finetune?.head?.classes ?? graph.outputShapes.first?.channels }
    } else if case .named(let name, _) = model {
      options.shape = try givenInput()
      options.usualShape = Models.usualInput(of: name)
      if isSynthetic {
        options.classes = finetune?.head?.classes ?? Models.usualClasses(of: name)
        options.shape = options.shape ?? options.usualShape
      }
    }
    return options
  }

  /// What a run says of the size of its samples, before the first step.
  func sizeNotice(_ input: Shape) -> String {
    guard case .named(let name, nil) = model, data.resize, input.rank == 3, !data.train.hasPrefix("synthetic:") else {
      return "samples have the shape \(input)"
    }
    return
      "images are resized to \(input), which \(name) was made for; another size: model: {name: \(name), input: "
      + "[height, width, \(input.channels)]}"
  }

  /// Opens what is trained on, validated on and tested on, all of the same classes.
  public func openData(
    _ options: SourceOptions
  ) throws(TrainingError) -> (train: any DataSource, validation: (any DataSource)?, test: (any DataSource)?) {
    let train: any DataSource
    var (validation, test): ((any DataSource)?, (any DataSource)?)
    do {
      train = try openSource(data.train, options)
      var options = options
      options.shape = train.shape
      // A folder to test on may lack classes, but has no others.
      options.classNames = train.classNames
      validation = try data.validation.map { (path) throws(DataError) in try openSource(path, options) }
      test = try data.test.map { (path) throws(DataError) in try openSource(path, options) }
    } catch {
      throw TrainingError(.data, error.description)
    }
    for (source, location) in [(validation, data.validation), (test, data.test)] {
      guard let source, !source.classNames.isEmpty, !train.classNames.isEmpty, source.classNames != train.classNames
      else { continue }
      throw TrainingError(
        .data,
        "\(location!) has the classes \(source.classNames.joined(separator: ", ")), but \(data.train) has "
          + "\(train.classNames.joined(separator: ", ")); give both the same folders."
      )
    }
    guard let split = data.split else { return (train, validation, test) }
    let parts = try split.parts(of: train)
    return (parts.train, parts.validation ?? validation, parts.test ?? test)
  }
}

extension SplitChoice {
  fileprivate func parts(
    of source: any DataSource
  ) throws(TrainingError) -> (train: any DataSource, validation: (any DataSource)?, test: (any DataSource)?) {
    let shares = [("validation", validation), ("test", test)].filter { $0.1 != nil }
    let split = StratifiedSplit(source, shares: shares.map { $0.1!.value }, seed: UInt64(bitPattern: Int64(seed)))
    var parts: [String: any DataSource] = [:]
    for ((name, share), indices) in zip(shares, split.parts) {
      guard !indices.isEmpty else {
        throw TrainingError(
          .data,
          "'data.split.\(name)': \(share!) of the samples of every class of \(source.location) are none; give a larger "
            + "share."
        )
      }
      parts[name] = SubsetSource(source, named: name, indices: indices)
    }
    let rest = split.parts.last!
    guard Set(rest.map { source.label(at: Int($0)) }) == Set((0..<source.count).map(source.label)) else {
      throw TrainingError(
        .data, "'data.split' leaves a class of \(source.location) without samples to train on; give smaller shares.")
    }
    return (SubsetSource(source, named: "train", indices: rest), parts["validation"], parts["test"])
  }
}
