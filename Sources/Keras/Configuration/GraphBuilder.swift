import Kernels
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
  var openSizes = OpenSizes.refused
  let foreign = ForeignSettings()
  /// The masks that go with values: see `GraphBuilder+Masks.swift`.
  var masks: [Graph.Value: Mask] = [:]
  /// By path.
  private var submodels: [String: Int] = [:]
  /// Whether the file has its channels first anywhere; and the values that have them last here: see `ChannelOrder`.
  private let isChannelsFirst: Bool
  var turned: Set<Graph.Value> = []
  /// Values that were turned, or turned back, already.
  var permuted: [Graph.Value: Graph.Value] = [:]

  init(_ model: ModelEntry, kerasVersion: Int) throws(ImportError) {
    isChannelsFirst = try ChannelOrder.isFirst(in: model)
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
    graph.foreignSettings = foreign.settings
    graph.channelsFirstInputs = Set(inputs.indices.filter { turned.contains(inputs[$0]) })
    graph.channelsFirstOutputs = Set(outputs.indices.filter { turned.contains(outputs[$0]) })
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
      for place in schedule.calls[position].reads {
        let source = model.layers[schedule.calls[place.call].layer]
        guard !source.isMaskMaking || entry.isMasked(call: number) else {
          throw ImportError(
            "'\(source.name)' makes a mask, which '\(entry.name)' takes for numbers; this is not supported.")
        }
        inputs.append(try value(place, for: entry.name))
      }
      if entry.isMaskMaking {
        // Whoever takes the mask makes it of the numbers.
        try entry.checkMaskMaking(call: number)
        values[position] = inputs
        continue
      }
      if entry.isInput {
        let readers = schedule.calls.filter { $0.reads.contains { $0.call == position } }
        let isOfKeys = readers.allSatisfy { LayerRegistry.takesKeys(model.layers[$0.layer].className) }
        values[position] = [try addInput(entry, of: model, in: frame, isOfKeys: isOfKeys && !readers.isEmpty)]
        continue
      }
      if contents[index] == nil { contents[index] = try content(of: entry) }
      switch contents[index]! {
      case .layer(let layer):
        let given = try add(layer, entry, call: number, inputs: inputs, in: frame)
        values[position] = try appendActivityRegularization(entry, call: number, of: given, in: frame)
      case .operation:
        for index in inputs.indices { inputs[index] = try ordering(inputs[index], turned: false, in: frame) }
        if entry.isSplit, inputs.count == 1 {
          let read = (schedule.calls.flatMap(\.reads) + schedule.outputs).filter { $0.call == position }.map(\.tensor)
          values[position] = try appendParts(entry, call: number, of: inputs[0], read: Set(read), in: frame)
          continue
        }
        let rank = inputs.first.map { graph.shape($0).rank } ?? 0
        if let layer = try OperationLayer.layer(entry, call: number, rank: rank, kerasVersion: kerasVersion) {
          let first = try append(layer, entry, call: number, inputs: inputs, in: frame)
          values[position] = outputs(of: first)
          continue
        }
        if !entry.isGraphOperation { inputs = try appendTransposes(entry, call: number, of: inputs, in: frame) }
        let operation =
          try entry.isGraphOperation
          ? entry.graphOperation(call: number, rank: rank) : entry.operation(call: number, rank: rank)
        let first = try append(operation.spelledOut(rank: rank), entry, call: number, inputs: inputs, in: frame)
        values[position] = outputs(of: first)
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
    /// Nil in a model with channels first, where what a layer reads decides what it is.
    case layer((any Layer)?)
    case model(ModelEntry)
    /// Its constants stand in the calls, so that each call is an operation of its own.
    case operation
  }

  private func content(of entry: LayerEntry) throws(ImportError) -> Content {
    if entry.isModel {
      let nested = try ModelEntry(entry.source, isNested: true)
      guard nested.name == entry.name else {
        throw ImportError(
          "the model '\(entry.name)' inside the model calls itself '\(nested.name)'; the file is damaged or was "
            + "edited: "
            + "save the model again.")
      }
      return .model(nested)
    }
    if entry.isOperation { return .operation }
    return .layer(isChannelsFirst ? nil : try entry.layer(kerasVersion: kerasVersion, foreign: foreign))
  }

  /// - Parameter isOfKeys: whether only layers read it that take whole numbers of 64 bits.
  private mutating func addInput(
    _ entry: LayerEntry, of model: ModelEntry, in frame: Frame, isOfKeys: Bool
  ) throws(ImportError) -> Graph.Value {
    guard let arguments = frame.arguments else {
      let position = model.inputs.firstIndex { $0.layer == entry.name } ?? -1
      let layer = try entry.input(position, openSizes: openSizes, kerasVersion: kerasVersion)
      if entry.leavesSizesOpen { graph.hasOpenSizes = true }
      if let input = layer as? Input, entry.isOfLongIntegers, isOfKeys {
        let layer = Input(input.shape, .integer, capacity: Input.integerCapacity)
        return try append(layer, entry, call: 0, inputs: [], in: frame)
      }
      guard isChannelsFirst, let input = layer as? Input, input.form == .number, input.shape.rank > 1 else {
        return try append(layer, entry, call: 0, inputs: [], in: frame)
      }
      let value = try append(Input(input.shape.movingFirstAxisLast), entry, call: 0, inputs: [], in: frame)
      turned.insert(value)
      return value
    }
    guard let index = model.inputs.firstIndex(where: { $0.layer == entry.name }) else {
      throw ImportError(
        "the input '\(entry.name)' of the model '\(model.name)' is not among its input_layers; the file is damaged or "
          + "was "
          + "edited: save the model again.")
    }
    let shape = graph.shape(arguments[index])
    let isTurned = turned.contains(arguments[index])
    let form = graph.keyForm(arguments[index])
    try entry.expectInput(of: isTurned ? shape.movingLastAxisFirst : form.keys(of: shape))
    let layer = form == .number ? Input(shape) : Input(form.keys(of: shape), form, capacity: shape.channels)
    let value = try append(layer, entry, call: 0, inputs: [arguments[index]], in: frame)
    masks[value] = masks[arguments[index]]
    if isTurned { turned.insert(value) }
    return value
  }

  private mutating func add(
    _ layer: (any Layer)?, _ entry: LayerEntry, call: Int, inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    var frame = frame
    frame.isAtInference = try entry.isAtInference(call: call) || frame.isAtInference
    try entry.checkSizes(inputs.map(graph.shape))
    guard let layer else { return try addTurned(entry, call: call, inputs: inputs, in: frame) }
    let mask = mask(for: entry, call: call, inputs: inputs)
    if let mask {
      try checkMask(mask, of: entry, call: call)
      if case .numbers(let numbers) = mask, entry.className == "GlobalAveragePooling1D" {
        return [try appendAverage(entry, call: call, of: inputs[0], numbers: numbers, in: frame)]
      }
    }
    let first = try append(layer, entry, call: call, inputs: inputs, in: frame)
    try entry.checkOutput(graph.shape(first))
    noteMask(first, of: entry, layer, inputs: inputs, mask: mask)
    return outputs(of: first)
  }

  /// What is known of a value holds for another one that is the same.
  mutating func take(over value: Graph.Value, to other: Graph.Value) {
    masks[other] = masks[value]
    if turned.contains(value) { turned.insert(other) }
  }

  /// All outputs of the node that this is the first one of.
  func outputs(of first: Graph.Value) -> [Graph.Value] {
    graph.nodes[first.node].signature.outputs.indices.map { Graph.Value(node: first.node, output: $0) }
  }

  private mutating func add(
    _ nested: ModelEntry, _ entry: LayerEntry, call: Int, inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    guard inputs.count == nested.inputs.count else {
      throw ImportError(
        "the model '\(entry.name)' inside the model takes \(nested.inputs.count) inputs, but is called with "
          + "\(inputs.count); the file is damaged or was edited: save the model again.")
    }
    var inputs = inputs
    if isChannelsFirst {
      // A model is called alike everywhere.
      for index in inputs.indices { inputs[index] = try ordering(inputs[index], turned: true, in: frame) }
    }
    let path = frame.path + entry.name
    let submodel =
      submodels[path]
      ?? graph.appendSubmodel(
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

  mutating func append(
    _ layer: any Layer, _ entry: LayerEntry, call: Int, inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> Graph.Value {
    let role = Graph.Role(
      owner: frame.path + entry.name, isFrozen: frame.isFrozen || entry.isFrozen, isAtInference: frame.isAtInference,
      scope: frame.scope)
    if entry.writtenClassName != layer.kerasName { graph.writtenClassNames[role.owner] = entry.writtenClassName }
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
