package import Communication
import Kernels
package import Networks
import Tensors

/// Multiplies gradients out that are kept as factors, some rows of a kernel at a time: the sum over all shards, along
/// their tree.
package struct FactoredGradients: Sendable {
  package let table: FactorTable
  /// By place of the table, the factors of all shards.
  private let shards: [[KernelFactors.Shard]]
  private let gathering: ShardGathering

  package init(_ table: FactorTable, tree: ShardTree, _ gathering: ShardGathering) {
    (self.table, self.gathering) = (table, gathering)
    let additions = ShardAccumulator.additions(tree: tree)
    shards = table.places.map { place in
      additions.enumerated().map { KernelFactors.Shard(gathering.value(ofShard: $0)[place.range], additions: $1) }
    }
  }

  /// Rows of the gradient at a place of the table, (rows, units).
  func multiply(_ place: Int, rows: Range<Int>, into result: Buffer) {
    table.places[place].factors.multiply(shards[place], rows: rows, into: result)
  }

  /// Whether the gradients of this rank's shards `part` of `parts` are finite, and so is every sum of them.
  func isFinite(part: Int, of parts: Int) -> Bool {
    ShardTree.share(part, of: parts, in: gathering.ownShards).allSatisfy {
      table.isFinite(gathering.value(ofShard: $0), shards: gathering.shardCount)
    }
  }

  /// Whether the gradient of a parameter is finite in all shards.
  func isFinite(_ entry: ParameterTable.Entry) -> Bool {
    guard let place = table.places.first(where: { $0.entry.range == entry.range }) else { return true }
    return (0..<gathering.shardCount).allSatisfy {
      place.isFinite(gathering.value(ofShard: $0), shards: gathering.shardCount)
    }
  }
}
