package import Communication
import Kernels
package import Networks
import Tensors

/// Multiplies gradients out that are kept as factors, some rows of a kernel at a time: the sum over all shards, along their tree.
package struct FactoredGradients: Sendable {
  package let table: FactorTable
  private let tree: ShardTree
  private let gathering: ShardGathering

  package init(_ table: FactorTable, tree: ShardTree, _ gathering: ShardGathering) {
    (self.table, self.tree, self.gathering) = (table, tree, gathering)
  }

  /// How many buffers of the size of its result `multiply` works in.
  var scratchCount: Int { max(0, tree.root.level - 1) }

  /// Rows of a kernel's gradient, (rows, units).
  ///
  /// - Parameter scratch: at least `scratchCount` times as large as the result.
  func multiply(_ place: FactorTable.Place, rows: Range<Int>, into result: Buffer, scratch: Buffer) {
    sum(tree.root, place, rows, into: result, adding: false, scratch)
  }

  /// Whether the gradients of this rank's shards `part` of `parts` are finite, and so is every sum of them.
  func isFinite(part: Int, of parts: Int) -> Bool {
    ShardTree.share(part, of: parts, in: gathering.ownShards).allSatisfy {
      table.isFinite(gathering.value(ofShard: $0), shards: tree.shards)
    }
  }

  /// Whether the gradient of a parameter is finite in all shards.
  func isFinite(_ entry: ParameterTable.Entry) -> Bool {
    guard let place = table.places.first(where: { $0.entry.range == entry.range }) else { return true }
    return (0..<tree.shards).allSatisfy { place.isFinite(gathering.value(ofShard: $0), shards: tree.shards) }
  }

  private func sum(
    _ node: ShardTree.Node, _ place: FactorTable.Place, _ rows: Range<Int>, into result: Buffer, adding: Bool, _ scratch: Buffer
  ) {
    let span = tree.span(of: node)
    if span.count == 1 {
      let memory = gathering.value(ofShard: span.lowerBound)[place.range]
      return place.factors.multiply(memory, rows: rows, into: result, adding: adding)
    }
    guard !adding else {
      let (own, rest) = (scratch[0..<result.count], scratch[result.count..<scratch.count])
      sum(node, place, rows, into: own, adding: false, rest)
      return result.add(own)
    }
    let (left, right) = tree.halves(of: node)
    sum(left, place, rows, into: result, adding: false, scratch)
    sum(right, place, rows, into: result, adding: true, scratch)
  }
}
