import Networks

extension Graph {
  /// Positions of the nodes in the order of Keras's `model.layers`, by which it counts off the layers of an HDF5 file
  /// whatever their names: the farther from the outputs the earlier, and equally far ones as a depth-first walk from
  /// the outputs meets them (Keras's `map_graph`). What leads to no output is not among them.
  var kerasOrder: [Int] {
    if isSequential { return Array(nodes.indices) }
    var met: [Int: Int] = [:]
    var open = Array(outputs.map(\.node).reversed())
    while let node = open.popLast() {
      guard met[node] == nil else { continue }
      met[node] = met.count
      open += nodes[node].inputs.map(\.node).reversed()
    }
    /// Layers on the longest way to an output.
    var distances = Array(repeating: 0, count: nodes.count)
    for node in nodes.indices.reversed() where met[node] != nil {
      for input in nodes[node].inputs { distances[input.node] = max(distances[input.node], distances[node] + 1) }
    }
    return met.keys.sorted { (-distances[$0], met[$0]!) < (-distances[$1], met[$1]!) }
  }
}
