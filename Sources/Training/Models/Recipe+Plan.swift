package import Networks
import Tensors

extension Recipe {
  /// How a shard of the recipe's images runs through a graph in training.
  ///
  /// - Parameters:
  ///   - losses: what follows; nil where the rest of the model does.
  ///   - whole: the plan of the graph of which this one is a part, if it is one.
  func makePlan(_ graph: Graph, _ losses: [TrainingLoss]?, partOf whole: Plan? = nil) throws(TrainingError) -> Plan {
    var planner = Planner()
    (planner.memory, planner.whole) = (memory, whole)
    planner.images = batch / shards
    planner.cutPredictions = Set((losses ?? []).indices.filter { losses![$0].metrics.allSatisfy(\.metric.isOfPlaces) })
    // The loader of a run whose features are not kept gives them so.
    if losses != nil, whole == nil { planner.cutInputs = graph.inputs.count }
    planner.poolsStatistics = normalization == .global
    do {
      return try planner.plan(
        losses.map { losses throws(TrainingError) in try self.graph(graph, with: losses.map(\.trainedNode)) } ?? graph,
        lanes: Layout.lanes(forImages: batch / shards), mode: .training)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.configuration, "\(error)")
    }
  }

  /// Whether a rank has a network for each of its shards, because all shards meet in the middle of a step.
  func keepsNetworks(_ plan: Plan) -> Bool { normalization == .global || plan.pausesForPooling }

  /// How a shard of the recipe's images is measured.
  ///
  /// - Parameters:
  ///   - losses: what follows; nil where the rest of the model does.
  ///   - whole: the plan of the graph of which this one is a part, if it is one.
  func makeEvaluationPlan(
    _ graph: Graph, _ losses: [TrainingLoss]?, partOf whole: Plan? = nil
  ) throws(TrainingError) -> Plan {
    var planner = Planner()
    planner.whole = whole
    // Kernels are packed for each shard, so that nothing is kept between evaluations.
    (planner.memory, planner.images) = (.balanced, batch / shards)
    if losses != nil, whole == nil { planner.cutInputs = graph.inputs.count }
    do {
      return try planner.plan(
        losses.map { losses throws(TrainingError) in try self.graph(graph, with: losses.map(\.node)) } ?? graph,
        lanes: Layout.lanes(forImages: batch / shards), mode: .inference)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.configuration, "\(error)")
    }
  }

  /// The same with the losses of the model.
  package func makeEvaluationPlan(_ graph: Graph) throws(TrainingError) -> Plan {
    try makeEvaluationPlan(graph, losses(of: graph))
  }
}
