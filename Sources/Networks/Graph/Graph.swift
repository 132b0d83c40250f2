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
