import Datasets
import Networks
import Tasks
import Tensors

// What outputs learn where the recipe does not say all of it: the targets, losses and metrics of their tasks.
extension Recipe {
  /// The outputs of a model with targets, losses and metrics; empty where the only output tells the labels apart, which
  /// the short keys are for.
  func outputs(of graph: Graph, _ data: DataDescription) throws(TrainingError) -> [String: OutputChoice] {
    var choices = outputs
    if choices.isEmpty {
      let names = graph.outputNames
      guard let targets = try impliedTargets(of: graph, data) else { return [:] }
      for (name, target) in zip(names, targets) {
        var choice = OutputChoice()
        choice.target = target.name
        if names.count == 1 {
          choice.classWeights = classWeights
          if loss != .crossEntropy { choice.loss = loss }
        }
        choices[name] = choice
      }
    }
    for (output, name) in graph.outputNames.enumerated() {
      guard let choice = choices[name], let target = data.column(ofTarget: choice.target) else { continue }
      choices[name] = choice.completed(
        isLabel: target == data.column(ofTarget: nil),
        by: TaskOutput(name, graph.outputShapes[output], ending: graph.finalActivation(of: output), target: target),
        named: finetune?.head?.task)
    }
    return choices
  }

  /// The same recipe for outputs that are settled.
  func learning(_ outputs: [String: OutputChoice]) -> Recipe {
    var copy = self
    guard !outputs.isEmpty else { return copy }
    // The short keys stand in them now.
    if self.outputs.isEmpty { (copy.loss, copy.classWeights) = (.crossEntropy, .equal) }
    copy.outputs = outputs
    return copy
  }

  /// The outputs of a network by name: one for each class of the labels, or of a pixel, or for each number to predict.
  func numbers(toGive data: DataDescription) throws(TrainingError) -> Int {
    let label = data.column(ofTarget: nil)
    let target = outputs.count == 1 ? data.column(ofTarget: outputs.first?.value.target) : nil
    guard let column = target ?? (label == nil ? data.columns.first { $0.kind == .mask } : nil) else {
      return data.classes
    }
    switch column.kind {
    case .mask:
      guard !column.classNames.isEmpty else {
        throw TrainingError(
          .configuration,
          "nothing says how many classes the mask '\(column.name)' of \(data.location) has; give "
            + "'data.columns.\(column.name).classes', or its 'classNames'.")
      }
      return column.classNames.count
    case .numbers, .boxes: return column.shape.count
    default: return data.classes
    }
  }

  /// The targets of a model's outputs where `outputs` says nothing; nil where the only output learns the labels.
  private func impliedTargets(of graph: Graph, _ data: DataDescription) throws(TrainingError) -> [Column]? {
    if let head = finetune?.head {
      let task = try HeadTask(head, self, data)
      return task.targets == [data.column(ofTarget: nil)] ? nil : task.targets
    }
    guard graph.outputs.count == 1, data.column(ofTarget: nil) == nil else { return nil }
    let others = learnable(data, beside: try inputColumns(of: graph, data))
    return others.count == 1 ? others : nil
  }
}

extension Recipe {
  /// The columns that outputs may learn: all that are no images or weights, and that nothing else takes.
  func learnable(_ data: DataDescription, beside inputs: some Sequence<String>) -> [Column] {
    var others = Set(inputs)
    if case .weights(let column)? = self.data.sampling { others.insert(column) }
    return data.columns.filter { ![.image, .weight].contains($0.kind) && !others.contains($0.name) }
  }
}

extension OutputChoice {
  /// The same with the loss and the metrics of the output's task, where it has none of its own. For classes the end of
  /// the output says which cross-entropy it is.
  ///
  /// - Parameters:
  ///   - isLabel: whether the target is the class or classes of the sample, for which nothing need be said.
  ///   - name: of the task, where the head names it.
  fileprivate func completed(isLabel: Bool, by output: TaskOutput, named name: String?) -> OutputChoice {
    guard !isLabel, let task = TaskRegistry.task([output], named: name) else { return self }
    var copy = self
    if loss == nil, !output.target.kind.isLabel {
      copy.loss = FunctionChoice(task.losses[0])
      if let void = output.target.void, output.shape.channels > 1 {
        copy.loss?.arguments["ignore_class"] = .integer(void)
      }
    }
    // A loss of one's own may be of another kind, which what reads the target refuses.
    let wanted = try? copy.loss.map { try LossRegistry.loss($0.description).targetShape(for: [output.shape]) }
    let isMeasurable =
      (wanted ?? output.target.shape) == output.target.shape
      && task.metrics[0].allSatisfy { named in
        let metric = try? named.metric.settled(output: output.shape, target: output.target.shape)
        return (try? metric?.makeState(output: output.shape, target: output.target.shape, isWeighted: false)) != nil
      }
    copy.metrics = metrics ?? (isMeasurable ? task.metrics[0].map(FunctionChoice.init) : [])
    return copy
  }
}

extension FunctionChoice {
  /// A metric of a task, as a configuration names it.
  fileprivate init(_ named: NamedMetric) {
    let type = type(of: named.metric)
    self.init(type.aliases.contains(named.name) ? named.name : type.functionName)
    if case .integer(let ignored)? = named.metric.kerasConfiguration()["ignore_class"] {
      arguments["ignore_class"] = .integer(ignored)
    }
  }
}
