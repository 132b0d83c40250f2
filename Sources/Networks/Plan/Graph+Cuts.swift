import Tensors

extension Graph {
  /// Nodes whose values are alive at so many cuts through the network, which part it into segments of about as many
  /// activations each; every cut lies where least is alive in its surroundings. Inputs are among them.
  func crossing(cuts: Int) -> Set<Int> {
    let alive = aliveBehind()
    let sizes = nodes.indices.map { index in
      origin(of: Value(node: index)) == index ? nodes[index].signature.outputs[0].count : 0
    }
    var before: [Int] = []
    for size in sizes { before.append((before.last ?? 0) + size) }
    let total = before.last ?? 0
    var kept = Set(nodes.indices.filter { nodes[$0].layer is Input })
    for cut in 1...cuts {
      // Within a quarter of a segment of the place where the cut would be fair.
      let window = total * (4 * cut - 1)...total * (4 * cut + 1)
      let places = nodes.indices.filter { window.contains(before[$0] * 4 * (cuts + 1)) && $0 < nodes.count - 1 }
      guard let best = places.min(by: { weight(alive[$0], sizes) < weight(alive[$1], sizes) }) else { continue }
      kept.formUnion(alive[best])
    }
    return kept
  }

  /// For each node, those whose values are read by a later one.
  private func aliveBehind() -> [[Int]] {
    var lastReader = Array(repeating: -1, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { lastReader[origin(of: input)] = index }
    }
    return nodes.indices.map { index in (0...index).filter { lastReader[$0] > index } }
  }

  private func weight(_ alive: [Int], _ sizes: [Int]) -> Int { alive.reduce(0) { $0 + sizes[$1] } }
}
