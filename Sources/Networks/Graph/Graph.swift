public import Tensors

/// A network as layers and the values that run between them, with every shape known. Nodes are in topological order.
public struct Graph: Sendable {
  /// One output of one node.
  public struct Value: Hashable, Sendable {
    public let node: Int
    public let output: Int

    public init(node: Int, output: Int = 0) { (self.node, self.output) = (node, output) }
  }

  /// One call of a layer.
  public struct Node: Sendable {
    /// Unique. A layer inside a nested model has a path, `block/conv`; later calls of a layer or a model are counted,
    /// as in `tower:1` and `block:1/conv`.
    public let name: String
    public let layer: any Layer
    public let inputs: [Value]
    public let signature: Signature
    public let role: Role

    /// The layer whose call this is, and whose parameters it uses: nodes with one owner share one set of them.
    public var owner: String { role.owner }
  }

  public internal(set) var name: String
  public private(set) var nodes: [Node] = []
  public private(set) var inputs: [Value] = []
  public private(set) var outputs: [Value] = []
  /// What losses read, where the outputs are losses: the outputs of the model.
  public internal(set) var predictions: [Value] = []
  /// Models inside the model, and their calls; an outer one comes before those inside it.
  public private(set) var submodels: [Submodel] = []
  public private(set) var scopes: [Scope] = []
  private var positions: [String: Int] = [:]
  private var firstCalls: [String: Int] = [:]
  /// Inputs and outputs, by position, that have their channels first in the file that the graph was read from.
  public var channelsFirstInputs: Set<Int> = []
  public var channelsFirstOutputs: Set<Int> = []
  /// Whether files say nothing of the sizes of images, as Keras's `None`: where every layer takes any.
  public var hasOpenSizes = false
  /// What variables were called in PyTorch, by their paths: see `takeOriginalTensors`.
  public internal(set) var originalTensors: [String: OriginalTensor] = [:]
  /// The classes that layers had in the file that the graph was read from, by path, where they were called otherwise.
  public var writtenClassNames: [String: String] = [:]
  /// What the file that the graph was read from has of its author's own, and the graph does without.
  public var foreignSettings: [ForeignSettings.Setting] = []
  /// Whether Keras would call this a `Sequential`: a chain without branches, made as such.
  public internal(set) var isSequential: Bool

  public init(name: String, isSequential: Bool = false) { (self.name, self.isSequential) = (name, isSequential) }

  public func shape(_ value: Value) -> Shape { nodes[value.node].signature.outputs[value.output] }

  /// The node of that name.
  public func index(named name: String) -> Int? { positions[name] }

  /// Appends a layer behind values that exist already.
  ///
  /// - Parameter role: what the node shares with others; by default it is the only call of a layer of its name.
  @discardableResult
  public mutating func append(
    _ layer: any Layer, named name: String, inputs: [Value], role: Role? = nil
  ) throws(ShapeError) -> Value {
    guard positions[name] == nil else { throw ShapeError("two layers are named '\(name)'; give one another name.") }
    let role = role ?? Role(owner: name)
    let node = try node(layer, named: name, inputs: inputs, role: role)
    if let first = firstCalls[role.owner],
      nodes[first].signature.parameters.map(\.shape) != node.signature.parameters.map(\.shape)
    {
      throw ShapeError(
        "layer '\(name)' (\(layer.kerasName)): its parameters would have other shapes than those of '\(role.owner)', "
          + "which it shares; give it inputs of the same shapes.")
    }
    nodes.append(node)
    positions[name] = nodes.count - 1
    if firstCalls[role.owner] == nil { firstCalls[role.owner] = nodes.count - 1 }
    let value = Value(node: nodes.count - 1)
    if layer is Input, inputs.isEmpty { self.inputs.append(value) }
    return value
  }

  private func node(
    _ layer: any Layer, named name: String, inputs: [Value], role: Role
  ) throws(ShapeError) -> Node {
    var signature: Signature
    var layer = layer
    do {
      layer = try Graph.layer(layer, taking: inputs.map(keyForm))
      signature = try layer.signature(of: inputs.map(shape))
      for shape in signature.outputs { try shape.checkSize() }
      for parameter in signature.parameters { try parameter.checkSize() }
    } catch {
      throw ShapeError("layer '\(name)' (\(layer.kerasName)): \(error.description)")
    }
    if role.isAtInference || role.isFrozen {
      // Who moves them is said by the layer as it runs in training.
      let running = try? Graph.trainingLayer(layer, role).signature(of: inputs.map(shape))
      if let running { signature.parameters = running.parameters }
    }
    if role.isFrozen {
      signature.parameters = signature.parameters.map(\.frozen)
      if let reads = signature.readsWhenFrozen { signature.backwardReads = reads }
    }
    return Node(name: name, layer: layer, inputs: inputs, signature: signature, role: role)
  }

  /// A layer as it runs in training.
  static func trainingLayer(_ layer: any Layer, _ role: Role) -> any Layer {
    let layer = role.isAtInference ? layer.atInference() : layer
    return role.isFrozen ? layer.frozen() : layer
  }

  /// Declares a model inside the model: its layers follow, in the scopes of its calls.
  public mutating func appendSubmodel(_ submodel: Submodel) -> Int {
    submodels.append(submodel)
    return submodels.count - 1
  }

  /// Begins a call of a nested model.
  public mutating func appendScope(_ scope: Scope) -> Int {
    scopes.append(scope)
    return scopes.count - 1
  }

  /// Ends the call of a nested model: says what it takes, the nodes of its Input layers, and what it gives back.
  public mutating func closeScope(_ index: Int, inputs: [Value], outputs: [Value]) {
    (scopes[index].inputs, scopes[index].outputs) = (inputs, outputs)
  }

  /// Declares which values the network gives back, in order.
  public mutating func setOutputs(_ values: [Value]) {
    precondition(values.allSatisfy { $0.node < nodes.count && $0.output < nodes[$0.node].signature.outputs.count })
    outputs = values
  }

  /// Declares the order of the inputs, where it differs from the order of the nodes.
  public mutating func setInputs(_ values: [Value]) {
    precondition(Set(values) == Set(inputs), "exactly the values of the Input layers are inputs")
    inputs = values
  }

  /// The part of the graph that a value depends on, which becomes its only output; models inside the model come whole
  /// or not at all.
  public func ending(at value: Value) throws(ShapeError) -> Graph {
    let isKept = ancestors(of: value)
    var result = Graph(name: name, isSequential: isSequential)
    result.channelsFirstInputs = channelsFirstInputs
    let wanted = Set(nodes.indices.filter { isKept[$0] }.flatMap { scopePath(of: nodes[$0]) })
    if let cut = nodes.indices.first(where: { !isKept[$0] && !wanted.isDisjoint(with: scopePath(of: nodes[$0])) }) {
      throw ShapeError(
        "'\(nodes[value.node].name)' lies inside a model that also holds '\(nodes[cut].name)'; take the end of that "
          + "model."
      )
    }
    var (submodelPlaces, scopePlaces): ([Int: Int], [Int: Int]) = ([:], [:])
    for (index, scope) in scopes.enumerated() where wanted.contains(index) {
      if submodelPlaces[scope.submodel] == nil {
        let old = submodels[scope.submodel]
        submodelPlaces[scope.submodel] = result.appendSubmodel(
          Submodel(
            name: old.name, path: old.path, isSequential: old.isSequential,
            parent: old.parent.map { submodelPlaces[$0]! }))
      }
      scopePlaces[index] = result.appendScope(
        Scope(
          submodel: submodelPlaces[scope.submodel]!, call: scope.call, parent: scope.parent.map { scopePlaces[$0]! },
          isAtInference: scope.isAtInference))
    }
    var places: [Int: Int] = [:]
    func moved(_ value: Value) -> Value { Value(node: places[value.node]!, output: value.output) }
    for (index, node) in nodes.enumerated() where isKept[index] {
      var role = node.role
      role.scope = role.scope.map { scopePlaces[$0]! }
      places[index] = try result.append(node.layer, named: node.name, inputs: node.inputs.map(moved), role: role).node
    }
    for (index, place) in scopePlaces {
      result.closeScope(place, inputs: scopes[index].inputs.map(moved), outputs: scopes[index].outputs.map(moved))
    }
    result.setOutputs([moved(value)])
    return result
  }

  /// The calls of nested models that a node is in.
  func scopePath(of node: Node) -> [Int] {
    var (path, scope): ([Int], Int?) = ([], node.role.scope)
    while let current = scope {
      path.append(current)
      scope = scopes[current].parent
    }
    return path
  }

  /// The same graph with another layer in one place; its outputs must have the same shapes.
  func replacing(_ layer: any Layer, at index: Int) -> Graph? {
    var result = self
    return result.replace(layer, at: index) ? result : nil
  }

  /// Puts another layer in one place, if its outputs have the same shapes; else changes nothing and gives false.
  mutating func replace(_ layer: any Layer, at index: Int, role: Role? = nil) -> Bool {
    let old = nodes[index]
    guard let new = try? node(layer, named: old.name, inputs: old.inputs, role: role ?? old.role),
      new.signature.outputs == old.signature.outputs
    else { return false }
    nodes[index] = new
    return true
  }

  /// Whether the node is the first call of its layer: the one that stands for the parameters.
  public func isFirstCall(_ index: Int) -> Bool { firstCalls[nodes[index].owner] == index }

  /// The first call of a layer, by its path.
  public func index(ofFirstCall layer: String) -> Int? { firstCalls[layer] }

  /// Numbers in all parameters, those of a shared layer counted once.
  public var parameterCount: Int {
    nodes.indices.reduce(0) { sum, index in
      isFirstCall(index) ? sum + nodes[index].signature.parameters.reduce(0) { $0 + $1.count } : sum
    }
  }

  /// Nodes that read each value.
  func consumers() -> [Value: [Int]] {
    var consumers: [Value: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { consumers[input, default: []].append(index) }
    }
    return consumers
  }
}

extension Graph.Node {
  /// Without what says nothing: whether a layer without parameters is frozen, which not every file keeps.
  fileprivate var sharedRole: Graph.Role {
    var role = role
    if signature.parameters.isEmpty { role.isFrozen = false }
    return role
  }
}

extension Graph {
  public var inputShapes: [Shape] { inputs.map(shape) }
  public var outputShapes: [Shape] { outputs.map(shape) }

  /// A chain of layers given by Keras's class names and `config`s.
  public init(
    _ input: Input, name: String = "model", _ layers: [(className: String, values: [String: JSONValue])]
  ) throws(ListedLayerError) {
    self.init(name: name, isSequential: true)
    var names = LayerNames()
    var (index, className) = (Int?.none, "")
    do {
      var value = try append(input, named: names.next(for: input, wanted: nil), inputs: [])
      for (place, entry) in layers.enumerated() {
        (index, className) = (place, entry.className)
        value = try append(className, entry.values, to: value, &names)
      }
      setOutputs([value])
    } catch {
      throw ListedLayerError(index: index, className: className, error)
    }
  }

  private mutating func append(
    _ className: String, _ values: [String: JSONValue], to input: Value, _ names: inout LayerNames
  ) throws -> Value {
    let layer = try LayerRegistry.layer(className, values.filter { $0.key != "activity_regularizer" })
    let name = names.next(for: layer, wanted: values["name"]?.asString)
    let value = try append(layer, named: name, inputs: [input])
    // A layer of its own, as in Keras's files.
    guard let penalty = try ActivityRegularization(of: className, named: name, values) else { return value }
    return try append(penalty, named: names.next(for: penalty, wanted: penalty.name(behind: name)), inputs: [value])
  }

  /// In what the layers and connections of two graphs differ; nil where they are the same up to the names of the
  /// graphs.
  public func difference(from other: Graph) -> String? {
    guard nodes.count == other.nodes.count else { return "\(nodes.count) layers instead of \(other.nodes.count)" }
    for (node, expected) in zip(nodes, other.nodes) {
      guard node.name == expected.name else { return "layer '\(node.name)' instead of '\(expected.name)'" }
      guard node.layer.kerasName == expected.layer.kerasName,
        node.layer.kerasConfiguration() == expected.layer.kerasConfiguration(), node.inputs == expected.inputs
      else { return "layer '\(node.name)' is configured or connected otherwise" }
      guard node.sharedRole == expected.sharedRole else {
        return "layer '\(node.name)' is frozen, shared or nested otherwise"
      }
      for (parameter, wanted) in zip(node.signature.parameters, expected.signature.parameters)
      where parameter.shape != wanted.shape {
        return "'\(node.name)/\(parameter.name)' has shape \(parameter.shape) instead of \(wanted.shape)"
      }
    }
    guard submodels == other.submodels, scopes == other.scopes else { return "other models inside the model" }
    return outputs == other.outputs ? nil : "other outputs"
  }
}
