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
    let layer: any Layer
    let name: String?
    let inputs: [Symbol]

    init(layer: any Layer, name: String?, inputs: [Symbol]) {
      (self.layer, self.name, self.inputs) = (layer, name, inputs)
    }
  }

  let call: Call

  /// An input of the model.
  public static func input(_ shape: Shape, name: String? = nil) -> Symbol {
    Symbol(call: Call(layer: Input(shape), name: name, inputs: []))
  }
}

extension Layer {
  /// Applies the layer. Without a name it gets Keras's: the class in snake case, counted.
  public func callAsFunction(_ inputs: Symbol..., name: String? = nil) -> Symbol {
    Symbol(call: Symbol.Call(layer: self, name: name, inputs: inputs))
  }
}

extension Graph {
  /// The graph of everything between the inputs and the outputs, in the order in which it was written down.
  public init(_ name: String, inputs: [Symbol], outputs: [Symbol]) throws(ShapeError) {
    self.init(name: name)
    var names = LayerNames()
    var values: [ObjectIdentifier: Value] = [:]
    for symbol in inputs {
      guard symbol.call.layer is Input else {
        throw ShapeError("'\(symbol.call.name ?? symbol.call.layer.kerasName)' is given as an input of '\(name)', but is the value of a layer; make inputs with Symbol.input.")
      }
      values[ObjectIdentifier(symbol.call)] = try append(
        symbol.call.layer, named: names.next(for: symbol.call.layer, wanted: symbol.call.name), inputs: [])
    }
    for output in outputs { try add(output.call, &values, &names) }
    setOutputs(outputs.map { values[ObjectIdentifier($0.call)]! })
  }

  /// Appends a call and what it stands on, without recursion: deep networks would exhaust the stack.
  private mutating func add(
    _ call: Symbol.Call, _ values: inout [ObjectIdentifier: Value], _ names: inout LayerNames
  ) throws(ShapeError) {
    var open = [call]
    while let top = open.last {
      if values[ObjectIdentifier(top)] != nil {
        open.removeLast()
      } else if let missing = top.inputs.first(where: { values[ObjectIdentifier($0.call)] == nil }) {
        open.append(missing.call)
      } else {
        guard !(top.layer is Input) else {
          throw ShapeError("'\(name)' uses an input that is not among its inputs; pass it to Graph(inputs:).")
        }
        values[ObjectIdentifier(top)] = try append(
          top.layer, named: names.next(for: top.layer, wanted: top.name),
          inputs: top.inputs.map { values[ObjectIdentifier($0.call)]! })
        open.removeLast()
      }
    }
  }
}
