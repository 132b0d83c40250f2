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
    let separated = graph.runnable(mode: mode, keeping: keeping)
    // What a layer with an activation gives is the activation's output.
    let kept = keeping.map { name in (name, separated.index(named: Graph.activationName(name)) == nil ? name : Graph.activationName(name)) }
    let wanted = Set(kept.map(\.1))
    let fused = separated.absorbingPadding(keeping: wanted).fusing(keeping: wanted)
    var draft = PlanDraft(
      graph: mode == .training ? fused.insertingSplits() : fused, lanes: lanes, mode: mode,
      wantsInputGradients: wantsInputGradients, keeping: Dictionary(uniqueKeysWithValues: kept))
    draft.recordLifetimes()
    draft.shareMemory()
    return draft.finish(table: ParameterTable(graph), gap: guardFloats)
  }
}
