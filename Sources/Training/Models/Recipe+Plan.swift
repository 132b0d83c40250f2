public import Networks
import Tensors

extension Recipe {
  /// How a shard of the recipe's images runs through a graph in training.
  public func makePlan(_ graph: Graph) throws(TrainingError) -> Plan {
    var planner = Planner()
    planner.memory = memory
    do {
      // The function at the end is part of the loss.
      return try planner.plan(
        graph.endingInLogits, lanes: Layout.lanes(forImages: batch / shards), mode: .training)
    } catch {
      throw TrainingError(.configuration, error.description)
    }
  }
}
