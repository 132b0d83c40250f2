package import Datasets
import Kernels
package import Networks
import Tensors

extension Recipe {
  /// The columns that the inputs of a model are to take, as far as the recipe and the model say it; empty where the
  /// only input takes the image.
  package func inputChoices(of graph: Graph) throws(TrainingError) -> [InputColumn] {
    let names = graph.inputNames
    for name in inputs.keys.sorted() where !names.contains(name) {
      let hint =
        names.nearest(to: name).map { "; did you mean '\($0)'?" }
        ?? "; its inputs are \(names.joined(separator: ", "))."
      throw TrainingError(.configuration, "'inputs': the model '\(graph.name)' has no input '\(name)'\(hint)")
    }
    let forms = graph.inputs.map(graph.keyForm)
    guard !inputs.isEmpty || names.count > 1 || forms != [.number] else { return [] }
    return zip(names, zip(graph.inputShapes, forms)).map { name, input in
      let usual = names.count == 1 && input.1 == .text ? "text" : name
      return InputColumn(name, takes: inputs[name] ?? usual, shape: input.1.keys(of: input.0), form: input.1)
    }
  }

  /// The same recipe with what the model has found in the data: which columns its inputs take, and what its outputs are
  /// trained towards.
  func settled(for model: Model) -> Recipe {
    var copy = learning(model.outputs)
    if let columns = model.inputColumns, !inputs.isEmpty || columns.count > 1 {
      copy.inputs = Dictionary(uniqueKeysWithValues: zip(model.graph.inputNames, columns))
    }
    return copy
  }

  /// For each input of a model, the name of the column that it takes, which has its shape.
  package func inputColumns(of graph: Graph, _ data: DataDescription) throws(TrainingError) -> [String] {
    let choices = try inputChoices(of: graph)
    guard !choices.isEmpty else { return [try onlyInput(of: graph, data)] }
    for choice in choices {
      guard let column = data.columns.first(where: { $0.name == choice.column }) else {
        throw missing(choice, choices, graph, data)
      }
      guard choice.form == .number || column.kind == .text else {
        throw TrainingError(
          .configuration,
          "the input '\(choice.input)' of the model '\(graph.name)' takes text, but '\(column.name)' of "
            + "\(data.location) is of the kind \(column.kind.rawValue); set 'data.columns.\(column.name): text'.")
      }
      guard (column.kind == .text ? KeyForm.text : .number).keys(of: column.shape) != choice.shape! else { continue }
      throw TrainingError(
        .configuration,
        "the input '\(choice.input)' of the model '\(graph.name)' takes \(choice.shape!), but '\(column.name)' of "
          + "\(data.location) has \(column.shape); \(remedy(column, wanted: choice.shape!)).")
    }
    return choices.map(\.column)
  }

  /// The image, or the column of the input's name where the data has none.
  private func onlyInput(of graph: Graph, _ data: DataDescription) throws(TrainingError) -> String {
    let (name, shape) = (graph.inputNames[0], graph.inputShapes[0])
    guard
      let column = data.columns.first(where: { $0.kind == .image }) ?? data.columns.first(where: { $0.name == name })
    else {
      let names = (data.columns.map(\.name) + data.otherColumns).joined(separator: ", ")
      throw TrainingError(
        .configuration,
        "\(data.location) has no image for the model '\(graph.name)', but the columns \(names); say with 'inputs' "
          + "which it takes, such as 'inputs: {\(name): \(data.columns[0].name)}'.")
    }
    guard column.shape != shape else { return column.name }
    throw TrainingError(
      .configuration,
      "the model '\(graph.name)' takes samples of shape \(shape), but the data has \(column.shape); "
        + "\(remedy(column, wanted: shape)).")
  }

  private func missing(
    _ choice: InputColumn, _ choices: [InputColumn], _ graph: Graph, _ data: DataDescription
  ) -> TrainingError {
    guard inputs[choice.input] == nil else {
      return TrainingError(
        .configuration,
        "'inputs.\(choice.input)': \(data.location) has no column '\(choice.column)'"
          + data.suggestion(for: choice.column))
    }
    let names = choices.map(\.input).joined(separator: ", ")
    let columns = (data.columns.map(\.name) + data.otherColumns).joined(separator: ", ")
    return TrainingError(
      .configuration,
      "the model '\(graph.name)' has the inputs \(names), and nothing says what '\(choice.input)' takes of the columns "
        + "\(columns) of \(data.location); say it with 'inputs', such as "
        + "'inputs: {\(choice.input): \(data.columns[0].name), ...}'.")
  }

  /// A model with room for the texts of the data.
  ///
  /// - Parameter columns: those that its inputs take.
  package func fitted(_ graph: Graph, to data: [Column], taking columns: [String]) -> Graph {
    graph.holdingTexts(
      of: columns.map { name in data.first { $0.name == name && $0.kind == .text }?.shape.channels })
  }

  private func remedy(_ column: Column, wanted: Shape) -> String {
    if column.kind == .image {
      return AxisOrder.remedy(column.shape, wanted: wanted) ?? "set data.resize: true or choose other data"
    }
    return "choose another column, or give 'data.columns.\(column.name).from' as many numbers as it takes"
  }
}
