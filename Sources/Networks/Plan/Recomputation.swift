/// Decides which activations a training step computes again in backward instead of keeping them.
///
/// An activation that backward reads can be left out if it follows from others that are there at that time: they are
/// kept beyond it, or are computed again themselves. It is computed just before backward first reads it, or first reads
/// what is computed from it.
struct Recomputation {
  /// For each node, those that run again just before its backward, in order.
  var runsBefore: [[Int]] {
    var result = Array(repeating: [Int](), count: graph.nodes.count)
    for node in again.keys.sorted() { result[again[node]!].append(node) }
    return result
  }

  private let graph: Graph
  private let isCandidate: (Int) -> Bool
  /// Nodes whose outputs are kept for what is computed from them, whether or not backward reads them.
  private let kept: Set<Int>
  /// For each node whose output backward reads: the nodes whose backward does, from the last, which comes first in
  /// time.
  private var readers: [[Int]]
  /// Before the backward of which node each of those runs that run again.
  private var again: [Int: Int] = [:]

  /// - Parameters:
  ///   - isActive: whether backward of a node runs.
  ///   - isCandidate: whether the output of a node need not be kept.
  init(_ graph: Graph, isActive: [Bool], keeping kept: Set<Int> = [], isCandidate: @escaping (Int) -> Bool) {
    (self.graph, self.kept, self.isCandidate) = (graph, kept, isCandidate)
    readers = Array(repeating: [], count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated().reversed() where isActive[index] {
      if node.signature.backwardReads.contains(.inputs) {
        for input in node.inputs { readers[graph.origin(of: input)].append(index) }
      }
      if node.signature.backwardReads.contains(.outputs) { readers[graph.origin(of: .init(node: index))].append(index) }
    }
    let outputs = Set((graph.outputs + graph.predictions).map(graph.origin))
    for node in graph.nodes.indices where !outputs.contains(node) && !kept.contains(node) && isCandidate(node) {
      guard let first = readers[node].first else { continue }
      var changes: [Int: Int] = [:]
      if follows(node, before: first, &changes) { again.merge(changes) { $1 } }
    }
  }

  /// Whether a node can run again before backward of another one; adds what must run again for it.
  private func follows(_ node: Int, before reader: Int, _ changes: inout [Int: Int]) -> Bool {
    guard isCandidate(node) else { return false }
    let inputs = graph.nodes[node].inputs.map(graph.origin)
    for input in inputs where !isThere(input, before: reader, &changes) { return false }
    // A concatenation whose parts are kept anyway costs no memory, nor do cells around strips that are.
    if graph.nodes[node].signature.forwardAliasing.holdsInputs {
      guard inputs.allSatisfy({ again[$0] != nil || changes[$0] != nil }) else { return false }
    }
    changes[node] = reader
    return true
  }

  private func isThere(_ node: Int, before reader: Int, _ changes: inout [Int: Int]) -> Bool {
    if kept.contains(node) { return true }
    if let planned = changes[node] ?? again[node] {
      // Nodes run backward from the last: a greater number is an earlier time.
      return planned >= reader || follows(node, before: reader, &changes)
    }
    if let last = readers[node].last { return last <= reader }
    return follows(node, before: reader, &changes)
  }
}

extension Graph {
  /// The node that computes a value, views aside.
  func origin(of value: Value) -> Int {
    var node = value.node
    while nodes[node].signature.forwardAliasing == .view, let input = nodes[node].inputs.first { node = input.node }
    return node
  }
}
