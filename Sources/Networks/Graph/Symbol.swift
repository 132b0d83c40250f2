import Synchronization
public import Tensors

/// The value of a layer in a model that is being written down, as in Keras's functional style:
///
///     let input = Symbol.input([32, 32, 3])
///     var x = Conv2D(16, kernel: 3, padding: .same)(input)
///     x = Add()(x, input)
///     let graph = try Graph("model", inputs: [input], outputs: [x])
///
/// Shapes are checked when the graph is made.
public struct Symbol: Sendable {
  final class Call: Sendable {
    enum Content: Sendable {
      case layer(any Layer)
      case model(Sequential)
    }

    let content: Content
    let name: String?
    let inputs: [Symbol]
    let shape: Shape?
    /// Grows from call to call: the order in which they were written down.
    let number = Call.count.add(1, ordering: .relaxed).newValue

    private static let count = Atomic(0)

    init(_ content: Content, name: String?, inputs: [Symbol], shape: Shape?) {
      (self.content, self.name, self.inputs, self.shape) = (content, name, inputs, shape)
    }

    var isInput: Bool { if case .layer(let layer) = content { layer is Input } else { false } }
  }

  let call: Call

  /// The shape of the value; nil where a layer on the way does not take what it is given, which making the graph
  /// reports.
  public var shape: Shape? { call.shape }

  /// An input of the model.
  public static func input(_ shape: Shape, name: String? = nil) -> Symbol {
    Symbol(call: Call(.layer(Input(shape)), name: name, inputs: [], shape: shape))
  }
}

extension Layer {
  /// Applies the layer. Without a name it gets Keras's: the class in snake case, counted in the order of the calls.
  public func callAsFunction(_ inputs: Symbol..., name: String? = nil) -> Symbol { callAsFunction(inputs, name: name) }

  /// Applies the layer to as many inputs as there are.
  public func callAsFunction(_ inputs: [Symbol], name: String? = nil) -> Symbol {
    let shapes = inputs.compactMap(\.shape)
    let shape = shapes.count == inputs.count ? (try? signature(of: shapes))?.outputs.first : nil
    return Symbol(call: Symbol.Call(.layer(self), name: name, inputs: inputs, shape: shape))
  }
}

extension Sequential {
  /// Applies the chain as a model inside the model. It cannot be applied twice.
  public func callAsFunction(_ value: Symbol) -> Symbol {
    var shape = value.shape
    for entry in entries { shape = shape.flatMap { (try? entry.layer.signature(of: [$0]))?.outputs.first } }
    return Symbol(call: Symbol.Call(.model(self), name: name, inputs: [value], shape: shape))
  }
}

extension Graph {
  /// The graph of everything between the inputs and the outputs, in the order in which it was written down.
  public init(_ name: String, inputs: [Symbol], outputs: [Symbol]) throws(ShapeError) {
    self.init(name: name)
    var names = LayerNames()
    var values: [ObjectIdentifier: Value] = [:]
    for symbol in inputs {
      guard case .layer(let layer) = symbol.call.content, layer is Input else {
        throw ShapeError(
          "'\(symbol.call.name ?? "a value")' is given as an input of '\(name)', but is the value of a layer; make "
            + "inputs with Symbol.input."
        )
      }
      values[ObjectIdentifier(symbol.call)] = try append(
        layer, named: names.next(for: layer, wanted: symbol.call.name), inputs: [])
    }
    for call in Graph.calls(behind: outputs) where values[ObjectIdentifier(call)] == nil {
      guard !call.isInput else {
        throw ShapeError("'\(name)' uses an input that is not among its inputs; pass it to Graph(inputs:).")
      }
      let inputs = call.inputs.map { values[ObjectIdentifier($0.call)]! }
      values[ObjectIdentifier(call)] =
        switch call.content {
        case .layer(let layer): try append(layer, named: names.next(for: layer, wanted: call.name), inputs: inputs)
        case .model(let model): try append(model, to: inputs[0], &names)
        }
    }
    setOutputs(outputs.map { values[ObjectIdentifier($0.call)]! })
  }

  /// All calls that the values stand on, in the order in which they were written down, which puts each behind its
  /// inputs.
  static func calls(behind outputs: [Symbol]) -> [Symbol.Call] {
    var known: Set<ObjectIdentifier> = []
    var (open, calls) = (outputs.map(\.call), [Symbol.Call]())
    while let call = open.popLast() {
      guard known.insert(ObjectIdentifier(call)).inserted else { continue }
      calls.append(call)
      open += call.inputs.map(\.call)
    }
    return calls.sorted { $0.number < $1.number }
  }

  /// Appends a chain as a model of its own.
  private mutating func append(
    _ model: Sequential, to value: Value, _ names: inout LayerNames
  ) throws(ShapeError) -> Value {
    let submodel = appendSubmodel(Submodel(name: model.name, path: model.name, isSequential: true, parent: nil))
    let scope = appendScope(Scope(submodel: submodel, call: 0, parent: nil))
    let first = Sequential.Entry(layer: Input(model.input), name: nil)
    var path = [value]
    for entry in [first] + model.entries {
      let name = "\(model.name)/\(names.next(for: entry.layer, wanted: entry.name))"
      path.append(
        try append(entry.layer, named: name, inputs: [path[path.count - 1]], role: Role(owner: name, scope: scope)))
    }
    closeScope(scope, inputs: [path[1]], outputs: [path[path.count - 1]])
    return path[path.count - 1]
  }
}
