public import Networks
import Tensors

extension Recipe {
  /// How a shard of the recipe's images runs through a graph in training.
  ///
  /// - Parameters:
  ///   - whole: the plan of the graph of which this one is a part, if it is one.
  ///   - isEnd: whether the loss follows.
  public func makePlan(_ graph: Graph, partOf whole: Plan? = nil, isEnd: Bool = true) throws(TrainingError) -> Plan {
    var planner = Planner()
    (planner.memory, planner.whole) = (memory, whole)
    planner.poolsStatistics = normalization == .global
    do {
      // The function at the end is part of the loss.
      return try planner.plan(
        isEnd ? graph.endingInLogits : graph, lanes: Layout.lanes(forImages: batch / shards), mode: .training)
    } catch {
      throw TrainingError(.configuration, error.description)
    }
  }
}
