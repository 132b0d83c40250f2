public import Tensors

/// A network as layers and the values that run between them, with every shape known. Nodes are in topological order.
public struct Graph: Sendable {
  /// One output of one node.
  public struct Value: Hashable, Sendable {
    public let node: Int
    public let output: Int

    public init(node: Int, output: Int = 0) { (self.node, self.output) = (node, output) }
  }

  public struct Node: Sendable {
    public let name: String
    public let layer: any Layer
    public let inputs: [Value]
    public let signature: Signature
  }

  public let name: String
  public private(set) var nodes: [Node] = []
  public private(set) var inputs: [Value] = []
  public private(set) var outputs: [Value] = []
  /// Whether Keras would call this a `Sequential`: a chain without branches, made as such.
  public let isSequential: Bool

  public init(name: String, isSequential: Bool = false) {
    (self.name, self.isSequential) = (name, isSequential)
  }

  public func shape(_ value: Value) -> Shape { nodes[value.node].signature.outputs[value.output] }

  /// The node of that name.
  public func index(named name: String) -> Int? { nodes.firstIndex { $0.name == name } }

  /// Appends a layer behind values that exist already.
  @discardableResult
  public mutating func append(_ layer: any Layer, named name: String, inputs: [Value]) throws(ShapeError) -> Value {
    guard index(named: name) == nil else { throw ShapeError("two layers are named '\(name)'; give one another name.") }
    let shapes = inputs.map(shape)
    let signature: Signature
    do {
      signature = try layer.signature(of: shapes)
    } catch {
      throw ShapeError("layer '\(name)' (\(layer.kerasName)): \(error.description)")
    }
    nodes.append(Node(name: name, layer: layer, inputs: inputs, signature: signature))
    let value = Value(node: nodes.count - 1)
    if layer is Input { self.inputs.append(value) }
    return value
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

  /// The same graph with another layer in one place; its outputs must have the same shapes.
  func replacing(_ layer: any Layer, at index: Int) -> Graph? {
    let node = nodes[index]
    guard let signature = try? layer.signature(of: node.inputs.map(shape)), signature.outputs == node.signature.outputs else {
      return nil
    }
    var result = self
    result.nodes[index] = Node(name: node.name, layer: layer, inputs: node.inputs, signature: signature)
    return result
  }

  /// All parameters, in Keras's order: by layer, kernel before bias.
  public var parameterCount: Int { nodes.reduce(0) { $0 + $1.signature.parameters.reduce(0) { $0 + $1.count } } }

  /// Nodes that read each value.
  func consumers() -> [Value: [Int]] {
    var consumers: [Value: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { consumers[input, default: []].append(index) }
    }
    return consumers
  }
}

extension Graph {
  public var inputShapes: [Shape] { inputs.map(shape) }
  public var outputShapes: [Shape] { outputs.map(shape) }

  /// A chain of layers given by Keras's class names and `config`s.
  public init(_ input: Shape, name: String = "model", _ layers: [(className: String, values: [String: JSONValue])]) throws {
    self.init(name: name, isSequential: true)
    var names = LayerNames()
    let first = Input(input)
    var value = try append(first, named: names.next(for: first, wanted: nil), inputs: [])
    for entry in layers {
      let layer = try LayerRegistry.layer(entry.className, entry.values)
      value = try append(layer, named: names.next(for: layer, wanted: entry.values["name"]?.asString), inputs: [value])
    }
    setOutputs([value])
  }

  /// In what the layers and connections of two graphs differ; nil where they are the same up to the names of the graphs.
  public func difference(from other: Graph) -> String? {
    guard nodes.count == other.nodes.count else { return "\(nodes.count) layers instead of \(other.nodes.count)" }
    for (node, expected) in zip(nodes, other.nodes) {
      guard node.name == expected.name else { return "layer '\(node.name)' instead of '\(expected.name)'" }
      guard node.layer.kerasName == expected.layer.kerasName,
        node.layer.kerasConfiguration() == expected.layer.kerasConfiguration(), node.inputs == expected.inputs
      else { return "layer '\(node.name)' is configured or connected otherwise" }
      for (parameter, wanted) in zip(node.signature.parameters, expected.signature.parameters)
      where parameter.shape != wanted.shape {
        return "'\(node.name)/\(parameter.name)' has shape \(parameter.shape) instead of \(wanted.shape)"
      }
    }
    return outputs == other.outputs ? nil : "other outputs"
  }
}
