import Networks
import Tensors

/// Makes a graph of a model as its configuration describes it, dissolving the models inside.
struct GraphBuilder {
  /// Where a model is called.
  struct Frame {
    /// What goes into it; nil for the graph itself.
    var arguments: [Graph.Value]?
    var scope: Int?
    var submodel: Int?
    /// What stands before the names of its layers, and before those of its nodes, where calls are counted.
    var path = ""
    var callPath = ""
    var isFrozen = false
    var isAtInference = false
  }

  let model: ModelEntry
  let kerasVersion: Int
  var graph: Graph
  /// By path.
  private var submodels: [String: Int] = [:]

  init(_ model: ModelEntry, kerasVersion: Int) {
    (self.model, self.kerasVersion) = (model, kerasVersion)
    graph = Graph(name: model.name, isSequential: model.isSequential)
  }

  mutating func build() throws(ImportError) -> Graph {
    let (inputs, outputs) = try add(model, in: Frame(isFrozen: !model.isTrainable))
    guard inputs.count == graph.inputs.count, Set(inputs) == Set(graph.inputs) else {
      throw ImportError(
        "the model '\(model.name)' has the inputs \(graph.inputs.map { graph.nodes[$0.node].name }.brief), but its "
          + "input_layers are \(model.inputs.map(\.layer).brief); save the model again.")
    }
    graph.setInputs(inputs)
    graph.setOutputs(outputs)
    return graph
  }

  /// Appends all calls of a model's layers, and gives the values of its inputs and outputs.
  private mutating func add(
    _ model: ModelEntry, in frame: Frame
  ) throws(ImportError) -> (inputs: [Graph.Value], outputs: [Graph.Value]) {
    let schedule = try CallSchedule(model)
    var contents: [Content?] = Array(repeating: nil, count: model.layers.count)
    var values: [[Graph.Value]] = Array(repeating: [], count: schedule.calls.count)
    func value(_ place: CallSchedule.Place, for reader: String) throws(ImportError) -> Graph.Value {
      guard place.tensor < values[place.call].count else {
        throw ImportError(
          "layer '\(reader)' reads output \(place.tensor) of '\(model.layers[schedule.calls[place.call].layer].name)', "
            + "which has \(values[place.call].count); the file is damaged or was edited: save the model again.")
      }
      return values[place.call][place.tensor]
    }
    for position in schedule.order {
      let (index, number) = (schedule.calls[position].layer, schedule.calls[position].number)
      let entry = model.layers[index]
      var inputs: [Graph.Value] = []
      for place in schedule.calls[position].reads { inputs.append(try value(place, for: entry.name)) }
      if entry.isInput {
        values[position] = [try addInput(entry, of: model, in: frame)]
        continue
      }
      if contents[index] == nil { contents[index] = try content(of: entry) }
      switch contents[index]! {
      case .layer(let layer):
        values[position] = try add(layer, entry, call: number, inputs: inputs, in: frame)
      case .model(let nested):
        values[position] = try add(nested, entry, call: number, inputs: inputs, in: frame)
      }
    }
    var inputs: [Graph.Value] = []
    for place in schedule.inputs { inputs.append(try value(place, for: model.name)) }
    var outputs: [Graph.Value] = []
    for place in schedule.outputs { outputs.append(try value(place, for: model.name)) }
    return (inputs, outputs)
  }

  private enum Content {
    case layer(any Layer)
    case model(ModelEntry)
  }

  private func content(of entry: LayerEntry) throws(ImportError) -> Content {
    if entry.isModel {
      let nested = try ModelEntry(entry.source, isNested: true)
      guard nested.name == entry.name else {
        throw ImportError(
          "the model '\(entry.name)' inside the model calls itself '\(nested.name)'; the file is damaged or was edited: "
            + "save the model again.")
      }
      return .model(nested)
    }
    guard !entry.isOperation else {
      throw ImportError(
        "'\(entry.name)' is an operation (\(entry.className)) and not a layer, which is not supported yet; use Keras's "
          + "layers instead, such as Add, Rescaling or Activation.")
    }
    return .layer(try entry.layer(kerasVersion: kerasVersion))
  }

  private mutating func addInput(
    _ entry: LayerEntry, of model: ModelEntry, in frame: Frame
  ) throws(ImportError) -> Graph.Value {
    guard let arguments = frame.arguments else {
      return try append(try entry.layer(kerasVersion: kerasVersion), entry, call: 0, inputs: [], in: frame)
    }
    guard let index = model.inputs.firstIndex(where: { $0.layer == entry.name }) else {
      throw ImportError(
        "the input '\(entry.name)' of the model '\(model.name)' is not among its input_layers; the file is damaged or was "
          + "edited: save the model again.")
    }
    let shape = graph.shape(arguments[index])
    try entry.expectInput(of: shape)
    return try append(Input(shape), entry, call: 0, inputs: [arguments[index]], in: frame)
  }

  private mutating func add(
    _ layer: any Layer, _ entry: LayerEntry, call: Int, inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    var frame = frame
    frame.isAtInference = try entry.isAtInference(call: call) || frame.isAtInference
    try entry.checkSizes(inputs.map(graph.shape))
    let first = try append(layer, entry, call: call, inputs: inputs, in: frame)
    return graph.nodes[first.node].signature.outputs.indices.map { Graph.Value(node: first.node, output: $0) }
  }

  private mutating func add(
    _ nested: ModelEntry, _ entry: LayerEntry, call: Int, inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    guard inputs.count == nested.inputs.count else {
      throw ImportError(
        "the model '\(entry.name)' inside the model takes \(nested.inputs.count) inputs, but is called with "
          + "\(inputs.count); the file is damaged or was edited: save the model again.")
    }
    let path = frame.path + entry.name
    let submodel = submodels[path] ?? graph.appendSubmodel(
      Graph.Submodel(name: entry.name, path: path, isSequential: nested.isSequential, parent: frame.submodel))
    submodels[path] = submodel
    let isAtInference = try entry.isAtInference(call: call) || frame.isAtInference
    let scope = graph.appendScope(
      Graph.Scope(submodel: submodel, call: call, parent: frame.scope, isAtInference: isAtInference))
    let inner = Frame(
      arguments: try entry.arguments(call: call, values: inputs, of: nested), scope: scope, submodel: submodel,
      path: path + "/", callPath: frame.callPath + GraphBuilder.name(entry, call) + "/",
      isFrozen: frame.isFrozen || !nested.isTrainable, isAtInference: isAtInference)
    let (taken, given) = try add(nested, in: inner)
    graph.closeScope(scope, inputs: taken, outputs: given)
    return given
  }

  private mutating func append(
    _ layer: any Layer, _ entry: LayerEntry, call: Int, inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> Graph.Value {
    let role = Graph.Role(
      owner: frame.path + entry.name, isFrozen: frame.isFrozen || entry.isFrozen, isAtInference: frame.isAtInference,
      scope: frame.scope)
    do {
      return try graph.append(layer, named: frame.callPath + GraphBuilder.name(entry, call), inputs: inputs, role: role)
    } catch {
      throw ImportError(error.description)
    }
  }

  private static func name(_ entry: LayerEntry, _ call: Int) -> String {
    call == 0 ? entry.name : "\(entry.name):\(call)"
  }
}
