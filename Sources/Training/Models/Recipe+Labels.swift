package import Datasets
import Kernels
package import Networks
import Tensors

extension Recipe {
  /// Whether the only output is about the label of a sample: its class or classes.
  package var learnsLabelAlone: Bool {
    outputs.isEmpty || outputs.count == 1 && [nil, "label"].contains(outputs.first!.value.target)
  }

  /// The columns that the outputs are measured by, with names of classes where the data has none and the file knows
  /// them.
  package func targets(
    of graph: Graph, in source: any DataSource, _ notes: ModelNotes?
  ) throws(TrainingError) -> [Column] {
    try requireTargets(source, for: graph)
    let known = learnsLabelAlone ? ClassNames.known(notes, classes: graph.classes) : notes?.classNames ?? []
    return try losses(of: graph).targets(of: source, classNames: known)
  }

  /// Whether the model gets an output for each class of the data.
  var headFollowsData: Bool {
    if finetune?.head != nil { return true }
    if case .named = model { return true }
    return false
  }

  /// Whether some output learns the class or classes of a sample.
  func learnsLabels(_ data: DataDescription) throws(TrainingError) -> Bool {
    guard outputs.isEmpty else {
      return outputs.values.contains { data.column(ofTarget: $0.target)?.kind.isLabel == true }
    }
    return try finetune?.head.map { head throws(TrainingError) in try HeadTask(head, self, data).learnsClasses } ?? true
  }

  /// The targets must be columns of the data, of the shapes that the losses take.
  func requireTargets(_ source: any DataSource, for graph: Graph) throws(TrainingError) {
    if outputs.isEmpty, loss ?? .crossEntropy == .crossEntropy { try requireLabels(source, for: graph) }
    for loss in try losses(of: graph) {
      let output = graph.outputShapes[loss.node.outputs[0]]
      let wanted: Shape
      do { wanted = try loss.node.layer.targetShape(for: [output]) } catch {
        throw TrainingError(.configuration, error.description)
      }
      let column = try source.targetColumn(loss.column, of: loss.node.name)
      let found = column.shape
      guard found != wanted else {
        let check = TargetCheck(
          output: loss.node.name, shape: output, loss: loss.node.layer, column: column, source: source,
          metrics: loss.metrics.map(\.description))
        try check.require()
        continue
      }
      let isNumber = found == [1] && wanted == output
      throw TrainingError(
        .configuration,
        "the output '\(loss.node.name)' of shape \(output) is trained by \(type(of: loss.node.layer).functionName), "
          + "which takes a target of shape \(wanted), but '\(loss.column ?? "label")' of \(source.location) has "
          + "\(found); "
          + (isNumber
            ? "use sparse_categorical_crossentropy for class numbers, or give other data."
            : "choose another loss, or another target."))
    }
  }

  /// Classes want a softmax, or one sigmoid for two of them; multi-label data wants a sigmoid for each label.
  private func requireLabels(_ source: any DataSource, for graph: Graph) throws(TrainingError) {
    guard source.labelColumn != nil else {
      throw TrainingError(
        .data,
        "\(source.location) has the columns \(source.columns.map(\.name).list), but none of classes to learn; name "
          + "one of the kind category or categories in 'data.columns', or say in 'outputs' what is learnt."
      )
    }
    let (outputs, isSigmoid) = (graph.outputShapes[0].channels, graph.endsInSigmoids)
    if let count = source.labelCount {
      guard !isSigmoid || outputs != count else { return }
      throw TrainingError(
        .configuration,
        "\(source.location) has \(count) labels for each image (multi-label), but the model '\(graph.name)' ends "
          + "in \(graph.outputShapes[0]) without sigmoids for them; end it in \(count) sigmoids, such as by "
          + "'finetune.head: {outputs: sigmoids}'."
      )
    }
    guard isSigmoid, outputs > 1 else { return }
    throw TrainingError(
      .configuration,
      "the model '\(graph.name)' ends in \(outputs) sigmoids, for multi-label data, but \(source.location) "
        + "has one class for each image; store 0 or 1 for each of (N, \(outputs)) labels in HDF5, or end it in a "
        + "softmax."
    )
  }
}

extension DataSource {
  /// The column of a target.
  ///
  /// - Parameters:
  ///   - column: its name; nil for the label.
  ///   - output: whose target it is.
  fileprivate func targetColumn(_ column: String?, of output: String) throws(TrainingError) -> Column {
    let position = column.map { name in columns.firstIndex { $0.name == name } } ?? labelColumn
    guard let position else {
      let names = columns.map(\.name) + otherColumns
      let hint = column.flatMap { names.nearest(to: $0) }.map { "; did you mean '\($0)'?" }
      throw TrainingError(
        .configuration,
        "'outputs.\(output).target': \(location) has no column '\(column ?? "label")'"
          + (hint ?? "; its columns are \(names.joined(separator: ", "))."))
    }
    return columns[position]
  }
}

extension [TrainingLoss] {
  /// The column that each output is trained towards.
  ///
  /// - Parameter classNames: of the label, where the data does not name its classes.
  func targets(of source: any DataSource, classNames: [String]) -> [Column] {
    map { loss in
      let position = loss.column.map { name in source.columns.firstIndex { $0.name == name } } ?? source.labelColumn
      guard let position else { preconditionFailure("targets are columns of the data") }
      var column = source.columns[position]
      if position == source.labelColumn, column.classNames.isEmpty { column.classNames = classNames }
      return column
    }
  }

  /// The columns of the targets, in the order in which the losses read them; nil for the label alone.
  func targetColumns(of source: any DataSource) -> [String]? {
    let label = source.labelColumn.map { source.columns[$0].name }
    var names: [String] = []
    for loss in sorted(by: { $0.node.target < $1.node.target }) where loss.node.target == names.count {
      guard let name = loss.column ?? label else { return nil }
      names.append(name)
    }
    return names
  }
}
