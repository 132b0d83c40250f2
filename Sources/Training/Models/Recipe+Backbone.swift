import Keras
import Networks
import Tasks
import Tensors

extension Recipe {
  /// The model with the weights and the head that a fine-tuning gives it; the model itself without one.
  ///
  /// - Parameter data: what is learnt.
  func finetuned(_ model: Model, for data: DataDescription) throws(TrainingError) -> Model {
    guard let finetune else { return model }
    let classes = data.classes
    let task = try finetune.head.map { head throws(TrainingError) in try HeadTask(head, self, data) }
    guard classes > 1 || task?.learnsClasses == false else {
      throw TrainingError(
        .data,
        "\(data.location) has one class only, so that there is nothing to tell apart; give images of another class, in "
          + "a folder of their own."
      )
    }
    let features = try features(of: model.graph)
    var pretrained = model.pretrained
    if let path = finetune.from, model.pretrained == nil || self.model != .file(path) {
      try Checkpoint.requireSound(path)
      do { pretrained = try PretrainedWeights(reading: path, for: model.graph) } catch {
        throw TrainingError(.data, error.description)
      }
    }
    guard let head = finetune.head, let task else {
      try requireHead(model.graph, data)
      return Model(model.graph, pretrained: pretrained, features: features)
    }
    try task.requireKeys(of: head)
    if task.targets.contains(where: { $0 == data.column(ofTarget: nil) }) {
      try requireSize(of: head, classes: classes)
    }
    let new = try task.graph(head, behind: features, of: model.graph, classes: data.classes(of:))
    let isBackbone = new.graph.ancestors(of: new.features)
    let backbone = Set(new.graph.nodes.indices.filter { isBackbone[$0] }.map { new.graph.nodes[$0].owner })
    return Model(
      new.graph, pretrained: pretrained?.restricted(to: backbone, origins: new.origins), features: new.features)
  }

  /// Where the backbone ends: the value that the configuration names, or the one that is found.
  private func features(of graph: Graph) throws(TrainingError) -> Graph.Value {
    guard let name = finetune?.features else {
      if let features = graph.features { return features }
      throw TrainingError(
        .configuration,
        "the model '\(graph.name)' has \(graph.outputs.count) outputs, so that its backbone cannot be found; name its "
          + "last layer with 'finetune.features'."
      )
    }
    if let value = graph.value(named: name) { return value }
    let hint = graph.nodes.map(\.name).nearest(to: name).map { "; did you mean '\($0)'?" } ?? ";"
    throw TrainingError(
      .configuration,
      "'finetune.features': there is no layer '\(name)' in '\(graph.name)'\(hint) `convoy inspect` lists its layers.")
  }

  /// A head that is kept must be for the classes of the data.
  private func requireHead(_ graph: Graph, _ data: DataDescription) throws(TrainingError) {
    // Other targets are compared with their outputs.
    guard outputs.isEmpty, data.column(ofTarget: nil) != nil else { return }
    let (outputs, classes) = (graph.outputShapes[0].channels, data.classes)
    guard outputs != classes, !(graph.outputShapes[0].rank == 1 && outputs == 1 && classes == 2) else { return }
    throw TrainingError(
      .configuration,
      "the head of '\(graph.name)' gives \(graph.outputShapes[0]), but \(data.location) has \(classes) classes; "
        + "give it a new one with 'finetune.head: {}'."
    )
  }

  private func requireSize(of head: HeadChoice, classes: Int) throws(TrainingError) {
    if head.outputs == .sigmoid, classes != 2 || head.classes ?? 2 != 2 {
      throw TrainingError(
        .configuration,
        "'finetune.head.outputs' is sigmoid, which tells two classes apart, but \(data.train) has \(classes); use "
          + "softmax."
      )
    }
    guard let own = head.classes, own < classes else { return }
    throw TrainingError(
      .configuration,
      "'finetune.head.classes' is \(own), but \(data.train) has \(classes) classes; leave it out, or correct the "
        + "labels."
    )
  }
}
