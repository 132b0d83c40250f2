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
      return try planner.plan(
        isEnd ? trainingGraph(graph) : graph, lanes: Layout.lanes(forImages: batch / shards), mode: .training)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.configuration, "\(error)")
    }
  }

  /// How a shard of the recipe's images is measured.
  ///
  /// - Parameters:
  ///   - whole: the plan of the graph of which this one is a part, if it is one.
  ///   - isEnd: whether the loss follows.
  public func makeEvaluationPlan(
    _ graph: Graph, partOf whole: Plan? = nil, isEnd: Bool = true
  ) throws(TrainingError) -> Plan {
    var planner = Planner()
    planner.whole = whole
    // Kernels are packed for each shard, so that nothing is kept between evaluations.
    planner.memory = .balanced
    do {
      return try planner.plan(
        isEnd ? trainingGraph(graph) : graph, lanes: Layout.lanes(forImages: batch / shards), mode: .inference)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.configuration, "\(error)")
    }
  }
}
