import Kernels
import Tensors

extension Strips {
  /// How the images of a shard are best cut for a graph; nil where that saves little, or the graph is small.
  ///
  /// It follows from shapes and the size of a shard alone: ranks and time do not decide what is computed.
  ///
  /// - Parameters:
  ///   - images: of a shard.
  ///   - keeping: layers whose own outputs are wanted.
  static func best(for graph: Graph, images: Int, keeping: Set<String>) -> Strips? {
    let most = Layout.laneMultiple / max(1, images)
    guard most >= 2 else { return nil }
    let whole = StripLayers.cost(of: graph)
    guard whole >= leastCost else { return nil }
    var best: (strips: Strips, cost: Int)?
    for axis in [Axis.rows, .columns] {
      for count in 2...most {
        let strips = Strips(axis, count: count)
        let cost = StripLayers(graph, strips, keeping: keeping).cost
        if cost < best?.cost ?? whole / 4 * 3 { best = (strips, cost) }
      }
    }
    return best?.strips
  }

  /// Graphs that cost less are not worth it: their images are so small that strips of them would be mostly edges.
  private static let leastCost = 1 << 27
}
