import Kernels
import Tensors

extension Graph {
  /// The same graph with images cut into strips wherever layers allow that and it is worth moving them.
  ///
  /// A layer that looks at a whole image, such as a dropout, gets it joined again. Every sum has the same terms, most
  /// in another order.
  ///
  /// - Parameters:
  ///   - strips: as many as layers get at most.
  ///   - keeping: layers whose own outputs are wanted.
  ///   - cutPredictions: those, by position, that are given in the strips in which losses read them.
  func cut(into strips: Strips, keeping: Set<String>, cuttingPredictions cutPredictions: Set<Int> = []) -> Graph {
    let layers = StripLayers(self, strips, keeping: keeping)
    let whole = Strips(strips.axis, count: 1)
    var result = Graph(name: self.name, isSequential: isSequential)
    /// The places of a value in the result, by its strips and halo.
    var values: [Value: [Strips: [Strips.Halo?: Value]]] = [:]

    /// A name that neither graph has.
    func name(_ value: Value, _ ending: String) -> String {
      var name = "\(nodes[value.node].name)/\(ending)"
      while index(named: name) != nil || result.index(named: name) != nil { name += "_" }
      return name
    }
    func append(_ layer: any Layer, named name: String, inputs: [Value], in strips: Strips) -> Value {
      var role = Role(owner: name)
      role.strips = strips.count > 1 ? strips : nil
      return result.mustAppend(layer, named: name, inputs: inputs, role: role)
    }
    /// The value in other strips than those in which it was computed, or what a layer shows of its input.
    func moved(_ value: Value, to target: Strips) -> Value {
      let node = nodes[value.node]
      let start = layers.start(of: value.node)
      let source = start == nil ? value : node.inputs[0]
      let strips = layers.strips(of: source)
      let input = fetch(source, in: strips)
      if start != nil, strips == whole, target == whole {
        return result.mustAppend(node.layer, like: node, inputs: [input])
      }
      let move = StripMove(from: strips, to: target, rows: start?.rows ?? 0, columns: start?.columns ?? 0)
      return append(
        MoveStrips(move: move, image: shape(value)), named: name(value, target == whole ? "joined" : "strips"),
        inputs: [input], in: target)
    }
    func fetch(_ value: Value, in strips: Strips, with halo: Strips.Halo? = nil) -> Value {
      let halo = halo.flatMap { $0.before + $0.after > 0 ? $0 : nil }
      if let found = values[value]?[strips]?[halo] { return found }
      let new =
        if let halo {
          append(
            HaloExchange(strips: strips, halo: halo), named: name(value, "halo"),
            inputs: [fetch(value, in: strips)], in: strips)
        } else {
          moved(value, to: strips)
        }
      values[value, default: [:]][strips, default: [:]][halo] = new
      return new
    }

    for (index, node) in nodes.enumerated() where layers.start(of: index) == nil {
      let form = layers[index]
      let strips = layers.strips(of: Value(node: index))
      var role = node.role
      role.strips = form == nil ? nil : strips
      let inputs = node.inputs.map { fetch($0, in: strips, with: form?.halo) }
      let new = result.mustAppend(form?.layer ?? node.layer, named: node.name, inputs: inputs, role: role)
      for output in node.signature.outputs.indices {
        values[Value(node: index, output: output)] = [strips: [nil: Value(node: new.node, output: output)]]
      }
    }
    result.setInputs(inputs.map { fetch($0, in: whole) })
    result.setOutputs(outputs.map { fetch($0, in: isLoss($0) ? layers.strips(of: $0) : whole) })
    result.predictions = predictions.enumerated().map { position, prediction in
      let loss = nodes.indices.first { nodes[$0].layer is any LossLayer && nodes[$0].inputs.contains(prediction) }
      let strips = loss.map { layers.strips(of: Value(node: $0)) }
      return fetch(prediction, in: cutPredictions.contains(position) ? strips ?? whole : whole)
    }
    return result
  }

  /// Losses leave no image, but a number for each.
  private func isLoss(_ value: Value) -> Bool { nodes[value.node].layer is any LossLayer }

  /// The same graph with strips for inputs, where one move into strips is all that reads them.
  ///
  /// - Parameter count: of the inputs that may be cut, the first ones.
  /// - Returns: besides, how each of these is cut; nil where it is whole.
  func takingStrips(inputs count: Int) -> (Graph, cuts: [StripMove.Cut?]) {
    let readers = consumers()
    var layers = nodes.map(\.layer)
    let cuts = inputs.prefix(count).map { input -> StripMove.Cut? in
      guard let reader = readers[input], reader.count == 1, !isWanted(input),
        let layer = nodes[reader[0]].layer as? MoveStrips
      else { return nil }
      let strip = shape(Value(node: reader[0]))
      layers[input.node] = Input(strip)
      layers[reader[0]] = Activation(.linear)
      return StripMove.Cut(layer.move, shape: strip)
    }
    return (replacing(layers), cuts)
  }
}
