import Datasets
import Kernels
import Networks
import Tasks
import Tensors

extension Recipe {
  /// The losses of a model, in the order of its outputs.
  func losses(of graph: Graph) throws(TrainingError) -> [TrainingLoss] {
    let choices = try outputChoices(of: graph)
    var targets: [String?] = []
    var losses: [TrainingLoss] = []
    for (output, (name, choice)) in zip(graph.outputNames, choices).enumerated() {
      let column = choice.target == "label" ? nil : choice.target
      let layer = try layer(choice.loss, graph, output: output, named: name, column.flatMap { data.columns[$0] })
      if !targets.contains(column) { targets.append(column) }
      let node = Graph.Loss(
        name: name, layer: layer, outputs: [output], target: targets.firstIndex(of: column)!)
      // Classes of a softmax exclude each other; of sigmoids each is there or not.
      let isExclusive = !type(of: layer).functionName.hasPrefix("binary_")
      let absorbed = graph.finalActivation(of: output).flatMap { layer.absorbing($0) == nil ? nil : $0 }
      let isOfLogits = layer.kerasConfiguration()["from_logits"] == .bool(true)
      var loss = TrainingLoss(
        node: node, weight: choice.weight ?? 1, column: column, choice: choice, output: graph.outputShapes[output],
        activation: absorbed ?? (isOfLogits ? (isExclusive ? .softmax : .sigmoid) : nil))
      loss.metrics = try metrics(of: loss, graph.outputShapes[output], prefix: choices.count > 1 ? "\(name)_" : "")
      losses.append(loss)
    }
    return losses
  }

  /// The graph that trains, or measures: the model with its losses behind it.
  func graph(_ graph: Graph, with losses: [Graph.Loss]) throws(TrainingError) -> Graph {
    do { return try graph.trained(with: losses) } catch {
      throw TrainingError(.configuration, error.description)
    }
  }

  /// What each output is trained towards: by its name, or by the keys that are for an only output.
  private func outputChoices(of graph: Graph) throws(TrainingError) -> [OutputChoice] {
    let names = graph.outputNames
    guard !outputs.isEmpty else {
      guard names.count == 1 else {
        throw TrainingError(
          .configuration,
          "the model '\(graph.name)' has \(names.count) outputs, \(names.joined(separator: ", ")); say with 'outputs' "
            + "what each is trained towards, such as 'outputs: {\(names[0]): {target: label}, ...}'."
        )
      }
      return [onlyOutput!]
    }
    for name in outputs.keys.sorted() where !names.contains(name) {
      let hint =
        names.nearest(to: name).map { "; did you mean '\($0)'?" }
        ?? "; its outputs are \(names.joined(separator: ", "))."
      throw TrainingError(.configuration, "'outputs': the model '\(graph.name)' has no output '\(name)'\(hint)")
    }
    return try names.map { name throws(TrainingError) in
      guard let choice = outputs[name] else {
        throw TrainingError(
          .configuration,
          "'outputs': the output '\(name)' of the model '\(graph.name)' has no target; add it, such as "
            + "'\(name): {target: label}'.")
      }
      return choice
    }
  }

  /// The loss that is chosen for an output, of logits where the output ends in such.
  ///
  /// - Parameter column: what the configuration says of the target.
  private func layer(
    _ choice: FunctionChoice?, _ graph: Graph, output: Int, named name: String, _ column: ColumnChoice?
  ) throws(TrainingError) -> any LossLayer {
    let place = outputs.isEmpty ? "'loss'" : "'outputs.\(name).loss'"
    let ending = graph.finalActivation(of: output) ?? .linear
    let choice = choice == .crossEntropy ? nil : choice
    var function = choice ?? crossEntropy(for: graph, output: output)
    if labelSmoothing > 0 {
      guard function.arguments["label_smoothing"] == nil else {
        throw TrainingError(
          .configuration, "\(place) has a label_smoothing, and so has 'labelSmoothing'; remove one of them.")
      }
      function.arguments["label_smoothing"] = .number(labelSmoothing)
    }
    func make() throws(TrainingError) -> any LossLayer {
      do { return try LossRegistry.loss(function.description) } catch {
        throw TrainingError(.configuration, "\(place): \(error.description)")
      }
    }
    var loss = try make()
    var known = loss.kerasConfiguration()
    if loss is any ClassNumberLoss { known["ignore_class"] = known["ignore_class"] ?? .null }
    let completed = function.completed(known, by: column)
    if completed != function {
      function = completed
      loss = try make()
    }
    if column?.void != nil, !(loss is any ClassNumberLoss) {
      throw TrainingError(
        .configuration,
        "\(place): \(type(of: loss).functionName) counts every pixel, but 'void' says that some are of no class; use "
          + "sparse_categorical_crossentropy, or remove 'void'.")
    }
    if type(of: loss).isOfProbabilities, graph.finalActivation(of: output) == .linear {
      throw TrainingError(
        .configuration,
        "\(place): \(type(of: loss).functionName) takes probabilities, but the output '\(name)' ends in no softmax or "
          + "sigmoid; add the activation, or choose another loss.")
    }
    guard case .bool(let isOfLogits)? = loss.kerasConfiguration()["from_logits"] else { return loss }
    let isSaid = function.arguments["from_logits"] != nil
    switch ending {
    case .softmax, .sigmoid:
      guard isOfLogits else { return loss }
      throw TrainingError(
        .configuration,
        "\(place): from_logits is true, but the output '\(name)' ends in \(ending.name), so that it gives "
          + "probabilities; remove from_logits, or the activation.")
    case .linear:
      if isOfLogits { return loss }
      guard !isSaid else {
        throw TrainingError(
          .configuration,
          "\(place): from_logits is false, but the output '\(name)' ends in no softmax or sigmoid, so that it gives "
            + "logits; remove from_logits, or add the activation.")
      }
      function.arguments["from_logits"] = .bool(true)
      return try make()
    default:
      throw TrainingError(
        .configuration,
        "the model '\(graph.name)' ends in \(ending.name), but cross-entropy takes a softmax, sigmoids or bare logits; "
          + "change the activation of its last layer."
      )
    }
  }

  /// By what an output ends in: sigmoids, or the logit of one, exclude each other no more than labels do.
  private func crossEntropy(for graph: Graph, output: Int) -> FunctionChoice {
    let ending = graph.finalActivation(of: output) ?? .linear
    let isOne = graph.outputShapes[output].dimensions == [1]
    let isBinary = ending == .sigmoid || isOne && ending == .linear
    return FunctionChoice(isBinary ? BinaryCrossentropy.functionName : SparseCategoricalCrossentropy.functionName)
  }

  /// What is measured of an output: what the recipe names, or the accuracy of classes.
  private func metrics(
    of loss: TrainingLoss, _ output: Shape, prefix: String
  ) throws(TrainingError) -> [OutputMetric] {
    let names = loss.choice.metrics ?? (loss.isClassification ? [FunctionChoice("accuracy")] : [])
    do {
      let target = try loss.node.layer.targetShape(for: [output])
      let column = loss.column.flatMap { data.columns[$0] }
      return try names.map { choice in
        func metric(_ choice: FunctionChoice) throws -> NamedMetric {
          try MetricRegistry.metric(
            choice.description, output: output, target: target, loss: type(of: loss.node.layer).functionName)
        }
        let own = try metric(choice)
        let completed = choice.completed(own.metric.kerasConfiguration(), by: column)
        return try OutputMetric(
          completed == choice ? own : metric(completed),
          output: output, target: target, activation: loss.activation, prefix: prefix)
      }
    } catch {
      let place = outputs.isEmpty ? "'metrics'" : "'outputs.\(loss.node.name).metrics'"
      throw TrainingError(.configuration, "\(place): \(error)")
    }
  }
}
