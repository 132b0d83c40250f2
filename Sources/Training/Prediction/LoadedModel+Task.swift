package import Datasets
import Keras
import Kernels
package import Networks
package import Tasks
import Tensors

extension LoadedModel {
  /// The task of the outputs, each about a column of data.
  ///
  /// - Parameters:
  ///   - graph: the model, or the same for images of another size.
  ///   - targets: one for each output.
  package func task(_ graph: Graph, for targets: [Column]) throws(TrainingError) -> any LearningTask {
    let outputs = graph.outputs.indices.map { index in
      TaskOutput(
        graph.outputNames[index], graph.outputShapes[index], ending: graph.finalActivation(of: index),
        target: targets[index])
    }
    for output in outputs where output.target.kind == .category {
      guard let ending = output.ending, ![.softmax, .sigmoid, .linear].contains(ending) else { continue }
      throw TrainingError(
        .data,
        "\(file): the output '\(output.name)' of the model '\(graph.name)' has the function '\(ending.name)', which "
          + "gives no probabilities of classes; give a model that ends in softmax, sigmoid or bare logits."
      )
    }
    guard let task = TaskRegistry.task(outputs) else {
      let pairs = outputs.map { "'\($0.name)' of shape \($0.shape) about '\($0.target.name)' (\($0.target.kind))" }
      throw TrainingError(
        .data,
        "\(file): the model '\(graph.name)' has the outputs \(pairs.list), which no task puts together; the tasks are "
          + "\(TaskRegistry.names.list)."
      )
    }
    return task
  }

  /// The columns that the outputs were trained towards: what the file says, or what outputs of such shapes usually are.
  ///
  /// - Parameters:
  ///   - notes: of the file.
  ///   - task: its name, where somebody says it.
  package func targets(_ notes: ModelNotes?, task: String? = nil) throws(TrainingError) -> [Column] {
    if let targets = notes?.targets, targets.count == graph.outputs.count, task == nil {
      return targets.map(\.asColumn)
    }
    let kinds = try kinds(ofTask: task)
    return graph.outputs.indices.map { index in
      let (shape, kind) = (graph.outputShapes[index], kinds[index])
      let isOfTwo = shape.channels == 1 && (kind == .category || kind == .mask)
      let isOnly = graph.outputs.count == 1
      let classes = isOfTwo ? 2 : shape.channels
      let ownNames = notes?.classNames.count == classes || isOnly ? notes : nil
      let names = kind == .numbers || kind == .boxes ? [] : ClassNames.known(ownNames, classes: classes)
      let target = kind == .category ? [1] : kind == .mask ? Shape(shape.dimensions.dropLast() + [1]) : shape
      let name = isOnly ? "\(kind == .category || kind == .categories ? "label" : "\(kind)")" : graph.outputNames[index]
      return Column(name, kind, .float, shape: target, classNames: names)
    }
  }

  /// A sentence where outputs may be something else than they are taken for.
  package func notice(_ targets: [Column], _ notes: ModelNotes?, task: String?) -> String? {
    let isGuess = notes?.targets == nil && task == nil && notes?.classNames.isEmpty ?? true
    guard isGuess, graph.tellsTwoApart, targets[0].kind == .category, graph.finalActivation ?? .linear == .linear else {
      return nil
    }
    return "\(file): the only output is one number without a function, and is taken for the logit of the second of two "
      + "classes; say '--task regression' where it is a number."
  }

  /// The kinds of columns that the outputs learn in a task, or else usually.
  private func kinds(ofTask name: String?) throws(TrainingError) -> [Column.Kind] {
    let compiled = try? CompiledModel(reading: file)?.configuration
    let losses = compiled?.losses?.values(of: graph.outputNames) ?? graph.outputNames.map { _ in nil }
    let outputs = graph.outputs.indices.map { index in
      OutputForm(
        graph.outputShapes[index], ending: graph.finalActivation(of: index) ?? .linear, loss: losses[index]?.className)
    }
    guard let name else { return TaskRegistry.usualKinds(of: outputs) }
    do { return try TaskRegistry.task(named: name).kinds(of: outputs) } catch {
      throw TrainingError(.configuration, "--task: \(error.description)")
    }
  }
}
