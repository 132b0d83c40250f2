import Datasets
import Networks

extension Recipe {
  /// The same recipe with what is known of its optimizer and its preprocessing before its data is there.
  public func settled() throws(TrainingError) -> Recipe {
    try takingOver(compiledModel()).settled(by: try preprocessingChoice())
  }

  func settled(by choice: PreprocessingChoice) -> Recipe {
    var copy = self
    copy.preprocessing = choice.preprocessing
    return copy
  }

  /// How images are prepared for the model that is trained.
  func preprocessingChoice() throws(TrainingError) -> PreprocessingChoice {
    try PreprocessingChoice(preprocessing, in: "'preprocessing'", for: preparedModel())
  }

  private func preparedModel() throws(TrainingError) -> PreparedModel {
    let path = finetune?.from ?? file
    let notes = try path.flatMap { path throws(TrainingError) in try ModelNotes.read(from: path) }
    if case .named(let name, _) = model {
      // What it does to images does not depend on their size; a name that does not exist is reported where it is built.
      let graph = try? Models.make(name, input: Models.usualInput(of: name), classes: Models.usualClasses(of: name))
      return try PreparedModel(graph, network: name, file: path, notes: notes)
    }
    let own = try ownModel()
    return try PreparedModel(own?.graph, file: path, notes: notes) { () throws(TrainingError) in
      // Weights that do not fit are reported where they are loaded for good.
      guard let own, own.pretrained != nil else { return nil }
      let weights = Weights(ParameterTable(own.graph))
      return (try? own.initialize(weights, seed: 0)) == nil ? nil : weights
    }
  }

  /// The names of the classes: those of the data; where it has none, those of the file whose classifier is trained on.
  func classNames(of data: [String]) throws(TrainingError) -> [String] {
    guard finetune?.head == nil, let path = finetune?.from ?? file, let notes = try ModelNotes.read(from: path) else {
      return data
    }
    guard !data.isEmpty, !notes.classNames.isEmpty, data != notes.classNames else {
      return data.isEmpty ? notes.classNames : data
    }
    let order = data.sorted() == notes.classNames.sorted() ? " in another order" : ""
    throw TrainingError(
      .configuration,
      "\(self.data.train) has the classes \(data.list), but \(path) was trained on \(notes.classNames.list)\(order); "
        + "give "
        + "data with the same classes, or a new head with 'finetune.head: {}'.")
  }

  /// The file that the model is; nil for another one.
  private var file: String? { if case .file(let path) = model { path } else { nil } }
}

extension Preprocessing.Mode {
  /// What the networks of `keras.applications`, and those that are named after them, were trained with.
  init?(ofKerasNetwork name: String) {
    let name = name.lowercased()
    // The first that fits: MobileNetV3 and EfficientNet prepare their images themselves.
    let families: KeyValuePairs<String, Preprocessing.Mode> = [
      "mobilenetv3": Preprocessing.Mode.none, "mobilenet_v3": Preprocessing.Mode.none,
      "efficientnet": Preprocessing.Mode.none,
      "convnext": Preprocessing.Mode.none, "vgg": .caffe, "squeezenet": .caffe, "mobilenet": .tf, "inception": .tf,
      "xception": .tf,
      "nasnet": .tf, "densenet": .torch,
    ]
    if name.hasPrefix("resnet"), let depth = name.firstMatch(of: /resnet_?(\d+)_?(v2)?/) {
      guard ["50", "101", "152"].contains(depth.1) else { return nil }
      self = depth.2 == nil ? .caffe : .tf
      return
    }
    guard let family = families.first(where: { name.hasPrefix($0.key) }) else { return nil }
    self = family.value
  }
}
