package import Networks
import Tensors

/// The table of `convoy inspect` about a model: its layers with their costs for one image.
package struct LayerTable: Encodable, Sendable {
  package struct Row: Encodable, Sendable {
    let name: String
    let className: String
    let output: [Int]
    let parameters: Int
    let multiplications: Int
    /// Of the outputs, 4 bytes a number.
    let activationBytes: Int
  }

  let model: String
  let layers: [Row]
  let parameters: Int
  /// Those of them that an optimizer moves.
  let trainableParameters: Int
  /// Those that an optimizer would move if their layers were not frozen.
  let frozenParameters: Int
  let multiplications: Int
  /// Memory of activations while answering: the largest two consecutive layers.
  let inferenceBytes: Int
  /// Memory of activations while training: all layers.
  let trainingBytes: Int

  package init(_ graph: Graph) {
    // A layer that is called several times has its parameters once.
    let parameters = graph.nodes.indices.map { graph.isFirstCall($0) ? graph.nodes[$0].signature.parameters : [] }
    let layers = zip(graph.nodes, parameters).map { node, parameters in
      Row(
        name: node.name, className: node.layer.kerasName, output: node.signature.outputs[0].dimensions,
        parameters: parameters.reduce(0) { $0 + $1.count },
        multiplications: node.signature.multiplications,
        activationBytes: node.signature.outputs.reduce(0) { $0 + $1.count * MemoryLayout<Float>.stride })
    }
    model = graph.name
    self.layers = layers
    self.parameters = graph.parameterCount
    func count(where isCounted: (Parameter) -> Bool) -> Int {
      parameters.joined().filter(isCounted).reduce(0) { $0 + $1.count }
    }
    trainableParameters = count { $0.kind == .trainable }
    frozenParameters = count { !$0.isState && $0.kind != .trainable }
    multiplications = layers.reduce(0) { $0 + $1.multiplications }
    trainingBytes = layers.reduce(0) { $0 + $1.activationBytes }
    let pairs = zip(layers, layers.dropFirst()).map { $0.activationBytes + $1.activationBytes }
    inferenceBytes = pairs.max() ?? trainingBytes
  }

  package var text: String {
    var table = TextTable([
      ("layer", .left), ("class", .left), ("output", .left), ("parameters", .right), ("multiplications", .right),
      ("activations", .right),
    ])
    for row in layers {
      table.add([
        row.name, row.className, Shape(row.output).description, row.parameters.grouped,
        row.multiplications.grouped, row.activationBytes.bytes,
      ])
    }
    table.add(["total", "", "", parameters.grouped, multiplications.grouped, trainingBytes.bytes])
    let states = parameters - trainableParameters - frozenParameters
    let frozen = frozenParameters == 0 ? "" : ", \(frozenParameters.grouped) are frozen"
    return """
      \(model), for one image:

      \(table.text)

      parameters: \(parameters.grouped), of which \(trainableParameters.grouped) are trained\(frozen) and \
      \(states.grouped) are statistics
      memory of activations for inference: \(inferenceBytes.bytes) (the largest two consecutive layers)
      memory of activations for training: \(trainingBytes.bytes) (the sum of all layers)
      """
  }
}
