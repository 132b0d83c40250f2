import Tensors

/// Settles everything about a network before its first step: which tensors exist, how long each lives, which may share memory,
/// and where each lies in one arena.
public struct Planner: Sendable {
  /// Whether gradients with respect to the inputs of the graph are wanted too.
  public var wantsInputGradients = false
  /// Layers whose outputs are kept until the end of the step.
  public var keeping: Set<String> = []
  /// Floats left free between storages; tests put guards there.
  package var guardFloats = 0

  public init() {}

  /// - Parameters:
  ///   - lanes: a multiple of `Layout.laneMultiple`.
  public func plan(_ graph: Graph, lanes: Int, mode: Mode) throws(PlanError) -> Plan {
    guard !graph.outputs.isEmpty else { throw PlanError("the model '\(graph.name)' has no outputs; add a layer.") }
    for name in keeping where graph.index(named: name) == nil {
      throw PlanError("there is no layer '\(name)' in '\(graph.name)'; `convoy inspect` lists its layers.")
    }
    var draft = PlanDraft(
      graph: mode == .training ? graph.insertingSplits() : graph, lanes: lanes, mode: mode,
      wantsInputGradients: wantsInputGradients, keeping: keeping)
    draft.recordLifetimes()
    draft.shareMemory()
    return draft.finish(table: ParameterTable(graph), gap: guardFloats)
  }
}
