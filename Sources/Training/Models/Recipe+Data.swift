import Communication
public import Datasets
import Networks
import Tasks
import Tensors

extension Recipe {
  /// The data as training would take it.
  public func describeData() throws(TrainingError) -> DataDescription {
    try TrainingSources(self, rank: 0, of: 1).description
  }

  /// What the data must be: the model's own input, and for synthetic data its classes too; nil where the data decides.
  package func wantedSamples() throws(TrainingError) -> SourceOptions {
    let processes = LaunchEnvironment.current.localRanks
    var options = SourceOptions(resize: data.resize, memoryLimit: SourceOptions.usualMemoryLimit(processes: processes))
    options.columns = try describedColumns()
    options.decoding = data.decoding ?? ImageDecoding()
    let isSynthetic = data.train.hasPrefix("synthetic:")
    if let graph = try ownModel()?.graph {
      options.inputs = try inputChoices(of: graph)
      options.shape = options.inputs.isEmpty ? graph.inputShapes.first : nil
      if isSynthetic { options.classes = finetune?.head?.classes ?? graph.outputShapes.first?.channels }
    } else if case .named(let name, _) = model {
      // A network by name has one input, whose name is compared when it is made.
      options.inputs = try inputs.sorted { $0.key < $1.key }.map { (name, column) throws(TrainingError) in
        InputColumn(name, takes: column, shape: try givenInput())
      }
      options.shape = inputs.isEmpty ? try givenInput() : nil
      options.usualShape = Models.usualInput(of: name)
      if isSynthetic {
        options.classes = finetune?.head?.classes ?? Models.usualClasses(of: name)
        options.shape = options.shape ?? options.usualShape
      }
    }
    return options
  }

  /// The columns of the data, masks with as many classes as the output that learns them, where they say none.
  private func describedColumns() throws(TrainingError) -> [String: ColumnChoice] {
    var columns = data.columns
    for (name, choice) in columns where choice.isMaskWithoutClasses {
      let output = outputs.first { $0.value.target == name }?.key
      if let classes = finetune?.head?.classes {
        columns[name]?.classes = classes
      } else if let graph = try ownModel()?.graph, finetune?.head == nil {
        let position = output.flatMap { graph.outputNames.firstIndex(of: $0) } ?? (graph.outputs.count == 1 ? 0 : nil)
        columns[name]?.classes = position.map { max(2, graph.outputShapes[$0].channels) }
      }
    }
    return columns
  }

  /// What a run says of the size of its samples, before the first step.
  func sizeNotice(_ data: DataDescription) -> String {
    let input = data.input
    if !inputs.isEmpty || data.columns[0].kind != .image || data.columns.count(where: { $0.kind == .image }) > 1 {
      let columns = data.columns.filter { $0.kind != .weight }.map { "\($0.name) \($0.shape)" }
      return "samples have the columns \(columns.joined(separator: ", "))"
    }
    guard case .named(let name, nil) = model, self.data.resize, input.rank == 3,
      !self.data.train.hasPrefix("synthetic:")
    else {
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
    let (train, columns): (any DataSource, [Column])
    var (validation, test): ((any DataSource)?, (any DataSource)?)
    do throws(DataError) {
      var options = options
      // What is cut out has the size that the model takes, not what it is cut out of.
      let wanted = options
      if transforms.contains(where: { $0.transform.outputSize != nil }), !data.train.hasPrefix("synthetic:") {
        options.forgetImageShapes()
      }
      options.group = data.split?.group
      train = try readable(data.train, options)
      try requireUnchanging(train)
      options.group = nil
      columns = try Preparation.columns(of: train, behind: augmentation, transforms)
      if let (column, shape) = wanted.differingImage(of: columns) {
        throw DataError(
          "transforms", "make images of \(column.shape), but the model takes \(shape)",
          remedy: "cut out as many pixels as it takes")
      }
      options.takeImageShapes(of: columns)
      // A folder to test on may lack classes, but has no others.
      options.classNames = train.classNames
      validation = try data.validation.map { (path) throws(DataError) in try readable(path, options) }
      // Beside validation data it is looked at once: there is nothing to keep it for.
      if validation != nil { options.memoryLimit = 0 }
      test = try data.test.map { (path) throws(DataError) in try readable(path, options) }
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
    let alike = WidenedSource.alike([train, validation, test])
    (validation, test) = (alike[1], alike[2])
    let limited = try data.limited(alike[0]!)
    guard let split = data.split else { return (try oversampled(limited), validation, test) }
    /// A part that is measured has the size that is cut out for training.
    func measured(_ part: any DataSource) throws(TrainingError) -> any DataSource {
      var shapes: [Int: Shape] = [:]
      for (position, (own, wanted)) in zip(part.columns, columns).enumerated()
      where own.kind == .image && own.shape != wanted.shape {
        guard data.resize, own.shape.channels == wanted.shape.channels else {
          throw TrainingError(
            .data,
            "\(part.location) has images of \(own.shape), of which \(wanted.shape) are cut out in training; set "
              + "'data.resize: true', so that what is measured is resized to that.")
        }
        shapes[position] = wanted.shape
      }
      return shapes.isEmpty ? part : ResizedSource(part, shapes: shapes)
    }
    let parts = try split.parts(of: limited)
    return (
      try oversampled(parts.train), try parts.validation.map(measured) ?? validation,
      try parts.test.map(measured) ?? test
    )
  }

  /// Refuses to take apart, or to add to, what another epoch may be prepared for at any time.
  private func requireUnchanging(_ source: any DataSource) throws(DataError) {
    guard source.changesWithEpochs else { return }
    let addsRows = if case .smote? = data.sampling { true } else { false }
    for (key, isGiven) in [("split", data.split != nil), ("sampling", addsRows)] where isGiven {
      throw DataError(
        "data.\(key)", "takes samples of \(source.location) that change with every epoch",
        remedy: "remove it, and give data of its own to validate and test on")
    }
  }

  /// The samples of a location that can be read, as far as it is known which cannot.
  private func readable(_ location: String, _ options: SourceOptions) throws(DataError) -> any DataSource {
    let source = try openSource(location, options)
    return unreadable[location]?.rest(of: source) ?? source
  }

  /// The training data with further rows of rare classes, where they are wanted.
  private func oversampled(_ source: any DataSource) throws(TrainingError) -> any DataSource {
    guard case .smote(let neighbours)? = data.sampling else { return source }
    do {
      return try OversampledSource(source, neighbours: neighbours, seed: UInt64(bitPattern: Int64(seed)))
    } catch {
      throw TrainingError(.data, error.description)
    }
  }
}
