import Datasets
import Networks

extension Recipe {
  /// The same recipe with the preprocessing of the backbone where it says none: that of the checkpoint that it starts from, or
  /// what the network was trained with, as Keras and torchvision have it.
  public func settled() throws(TrainingError) -> Recipe {
    guard let finetune, let path = finetune.from ?? file else { return self }
    let own = try ownModel()?.graph
    let preparesItself = own?.preparesImages ?? false
    guard preprocessing == Preprocessing() else {
      guard !preparesItself || preprocessing.mode == Preprocessing.Mode.none else {
        throw TrainingError(
          .configuration, "'preprocessing' is given, but '\(own!.name)' begins with layers that prepare its images, which would be done twice; remove it.")
      }
      return self
    }
    var copy = self
    if preparesItself {
      copy.preprocessing.mode = Preprocessing.Mode.none
    } else if let notes = try ModelNotes.read(from: path) {
      copy.preprocessing = notes.preprocessing
    } else {
      copy.preprocessing.mode = usualMode(own)
    }
    return copy
  }

  /// The names of the classes: those of the data; where it has none, those of the file whose classifier is trained on.
  func classNames(of data: [String]) throws(TrainingError) -> [String] {
    guard finetune?.head == nil, let path = finetune?.from ?? file, let notes = try ModelNotes.read(from: path) else { return data }
    guard !data.isEmpty, !notes.classNames.isEmpty, data != notes.classNames else { return data.isEmpty ? notes.classNames : data }
    throw TrainingError(
      .configuration,
      "\(self.data.train) has the classes \(data.list), but \(path) was trained on \(notes.classNames.list); give data with the same "
        + "classes, or a new head with 'finetune.head: {}'.")
  }

  /// What is to be said about how a fine-tuning prepares its images.
  var preparationNotices: [String] {
    guard finetune?.from != nil || file != nil else { return [] }
    if let mode = preprocessing.mode { return ["images are prepared as the backbone was trained: 'preprocessing.mode' is \(mode.rawValue)."] }
    guard preprocessing == Preprocessing() else { return [] }
    return [
      "nothing says how the backbone's images were prepared, so that bytes become 0 to 1: give 'preprocessing', such as {mode: tf}, "
        + "if it was trained on others."
    ]
  }

  /// The file that the model is; nil for another one.
  private var file: String? { if case .file(let path) = model { path } else { nil } }

  /// Nil where nobody knows what the network was trained on.
  private func usualMode(_ graph: Graph?) -> Preprocessing.Mode? {
    func mode(_ design: NetworkDesign?) -> Preprocessing.Mode? {
      design?.preprocessing.flatMap { Preprocessing.Mode(rawValue: $0.rawValue) }
    }
    if case .named(let name, _) = model { return mode(Models.design(named: name)) }
    guard let graph else { return nil }
    // A network of Convoy's may be called as one of Keras's is, whose layers have names of their own: `resnet50`.
    if let own = mode(Models.design(named: graph.name)),
      Models.design(named: "keras:\(graph.name)") == nil || graph.index(named: "conv2d") != nil
    {
      return own
    }
    return ([graph.name] + graph.submodels.map(\.name)).lazy.compactMap(Preprocessing.Mode.init(ofKerasNetwork:)).first
  }
}

extension Preprocessing.Mode {
  /// What the networks of `keras.applications`, and those that are named after them, were trained with.
  init?(ofKerasNetwork name: String) {
    let name = name.lowercased()
    // The first that fits: MobileNetV3 and EfficientNet prepare their images themselves.
    let families: KeyValuePairs<String, Preprocessing.Mode> = [
      "mobilenetv3": Preprocessing.Mode.none, "mobilenet_v3": Preprocessing.Mode.none, "efficientnet": Preprocessing.Mode.none,
      "convnext": Preprocessing.Mode.none, "vgg": .caffe, "squeezenet": .caffe, "mobilenet": .tf, "inception": .tf, "xception": .tf,
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

extension Graph {
  /// Whether it begins with layers that prepare images.
  package var preparesImages: Bool {
    let isReached = hasTrainedAncestors
    return nodes.indices.contains { index in
      (nodes[index].layer is Rescaling || nodes[index].layer is Normalization) && !isReached[index]
        && nodes[index].inputs.allSatisfy { !nodes[$0.node].role.isFrozen }
    }
  }
}
