package import Kernels
import Tensors

/// Settles everything about a network before its first step: which tensors exist, how long each lives, which may share
/// memory, which are computed again instead of being kept, and where each lies in one arena.
public struct Planner: Sendable {
  /// Whether gradients with respect to the inputs of the graph are wanted too.
  public var wantsInputGradients = false
  /// Layers whose outputs are kept until the end of the step.
  public var keeping: Set<String> = []
  /// What is done with activations that backward reads, and with large packed kernels.
  public var memory = MemoryUse.fast
  /// The plan of a graph of which the graph is a part: parameters lie where they lie there, and layers draw the same
  /// random numbers.
  public var whole: Plan?
  /// Whether statistics are pooled over shards in the middle of a pass, by a caller that uses `forwardToPooling`.
  public var poolsStatistics = false
  /// Images of a shard, where there may be so few that they are cut into strips; nil where they are not.
  public var images: Int?
  /// Predictions, by position, that are given in the strips in which losses read them (`Plan.predictionStrips`), to a
  /// caller who looks at each place of an image alone.
  public var cutPredictions: Set<Int> = []
  /// How many of the inputs, from the first on, the caller gives in strips where the plan says so (`Plan.inputCuts`).
  public var cutInputs = 0
  /// Into what images are cut, instead of what is best; for tests.
  package var strips: Strips?
  /// Bytes that a block of channels may take in all tensors together, where layers run block by block (`Turn`), so that
  /// a second-level cache holds them; nil where they do not.
  package var blockBytes: Int? = 768 << 10
  /// Bytes that all channels must take in these tensors: what a third-level cache may hold anyway is not cut.
  package var turnBytes = 16 << 20
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
    try requireAddressable(graph, lanes: lanes)
    let separated = graph.runnable(mode: mode, keeping: keeping)
    for node in separated.nodes where mode == .training {
      guard let obstacle = (node.layer as? any InferenceOnly)?.obstacle else { continue }
      throw PlanError(
        "layer '\(node.name)' (\(node.layer.kerasName)) cannot be trained with: in training it \(obstacle).")
    }
    // What a layer with an activation gives is the activation's output.
    let kept = keeping.map { name in
      (name, separated.index(named: Graph.activationName(name)) == nil ? name : Graph.activationName(name))
    }
    let wanted = Set(kept.map(\.1))
    let padded = separated.absorbingPadding(keeping: wanted)
    let (graphWithFolded, folded) = padded.foldingNormalizations(
      keeping: wanted, isActive: activity(of: padded, mode), mode: mode)
    let rectified = graphWithFolded.absorbingRectifiers(keeping: wanted)
    let strips = strips ?? images.flatMap { Strips.best(for: rectified, images: $0, keeping: wanted) }
    let (cut, inputCuts) =
      strips.map {
        rectified.cut(into: $0, keeping: wanted, cuttingPredictions: cutPredictions).takingStrips(inputs: cutInputs)
      } ?? (rectified, [])
    let fused = cut.fusing(keeping: wanted, mode: mode)
    let final = mode == .training ? fused.insertingSplits() : fused
    let isActive = activity(of: final, mode)
    let table = whole?.table ?? ParameterTable(graph)
    // Layers keep their numbers, and with them their random ones, where cutting takes others away.
    let numbered = strips == nil ? [] : rectified.fusing(keeping: wanted, mode: mode).layerIndices
    let indices = Dictionary(whole?.steps.map { ($0.name, $0.layerIndex) } ?? numbered) { first, _ in first }
    func draft(_ recomputation: Recomputation?, _ borders: PlanDraft.Borders?, reach: Int? = nil) -> PlanDraft {
      var draft = PlanDraft(
        graph: final, lanes: lanes, mode: mode, wantsInputGradients: wantsInputGradients,
        keeping: Dictionary(uniqueKeysWithValues: kept), isActive: isActive, recomputation: recomputation,
        borders: borders, reach: reach)
      draft.recordLifetimes()
      draft.joinViews()
      draft.makeTurns(
        blockBytes: borders == nil ? nil : blockBytes, turnBytes: turnBytes, poolsStatistics: poolsStatistics)
      draft.shareMemory()
      return draft
    }
    func finish(_ draft: PlanDraft) -> Plan {
      draft.finish(
        table: table, inputCuts: inputCuts, layerIndices: indices, folded: folded, packsAtUse: memory != .fast,
        poolsStatistics: poolsStatistics, gap: guardFloats)
    }
    // Those of the simplest plan: neither what is kept nor what runs in blocks changes a bit.
    let borders = draft(nil, nil).finalBorders
    let everythingKept = finish(draft(nil, borders))
    guard mode == .training, memory != .fast else { return everythingKept }
    // The first of the smallest: what saves too little is not computed twice, or copied.
    var best: (plan: Plan, recomputation: Recomputation?) = (everythingKept, nil)
    func consider(_ recomputation: Recomputation?, reach: Int?, leastSaving: Int) {
      let plan = finish(draft(recomputation, borders, reach: reach))
      let arena = best.plan.arenaCount
      if plan.arenaCount < arena - arena / 100 * leastSaving { best = (plan, recomputation) }
    }
    for candidate in candidates(final, isActive, wanted.union(folded.keys)) {
      consider(candidate.recomputation, reach: nil, leastSaving: candidate.leastSaving)
    }
    if final.nodes.contains(where: { $0.signature.forwardAliasing == .parts }) {
      consider(best.recomputation, reach: Planner.reach, leastSaving: 5)
    }
    return best.plan
  }

  /// Of parts of a concatenation that lie in it, where they are few.
  private static let reach = 12

  /// Refuses shards that no machine could hold, before sizes are added up that a number cannot hold.
  private func requireAddressable(_ graph: Graph, lanes: Int) throws(PlanError) {
    for node in graph.nodes {
      for shape in node.signature.outputs where [shape.count, lanes].saturatedProduct > Planner.mostFloats {
        throw PlanError(
          "a shard of \(lanes) images of \(shape), the output of layer '\(node.name)', is more than any machine can "
            + "hold; make 'batch' smaller or 'shards' more, or take smaller images."
        )
      }
    }
  }

  /// Of one tensor: 256 TiB.
  private static let mostFloats = 1 << 46

  /// For each node, whether gradients flow into its outputs.
  private func activity(of graph: Graph, _ mode: Mode) -> [Bool] {
    var isActive: [Bool] = []
    for (node, leads) in zip(graph.nodes, graph.leadsToOutput) {
      isActive.append(
        mode == .training
          && (node.layer is Input
            ? wantsInputGradients
            : leads
              && (node.signature.parameters.contains { $0.kind == .trainable }
                || node.inputs.contains { isActive[$0.node] }))
      )
    }
    return isActive
  }

  /// Ways to keep less, and how many per cent of the memory each must save to be taken.
  ///
  /// - Parameter wanted: nodes that are not computed again.
  private func candidates(
    _ graph: Graph, _ isActive: [Bool], _ wanted: Set<String>
  ) -> [(recomputation: Recomputation, leastSaving: Int)] {
    func mayRepeat(_ node: Int) -> Bool {
      !(graph.nodes[node].layer is Input) && !wanted.contains(graph.nodes[node].name)
    }
    let cheap = Recomputation(graph, isActive: isActive) {
      mayRepeat($0) && Planner.isCheap(graph.nodes[$0].signature)
    }
    guard memory == .small else {
      let affordable = Planner.affordable(graph)
      let more = Recomputation(graph, isActive: isActive) {
        mayRepeat($0) && (Planner.isCheap(graph.nodes[$0].signature) || affordable.contains($0))
      }
      return [(cheap, 2), (more, 10)]
    }
    return [(cheap, 2)]
      + Planner.cuts.map {
        (Recomputation(graph, isActive: isActive, keeping: graph.crossing(cuts: $0), isCandidate: mayRepeat), 2)
      }
  }

  /// At most a few multiplications for each output.
  private static func isCheap(_ signature: Signature) -> Bool {
    signature.multiplications <= 8 * signature.outputs[0].count
  }

  /// Layers that multiply least for each output, such as a convolution of images of three channels, as many as take 1 %
  /// of all multiplications.
  private static func affordable(_ graph: Graph) -> Set<Int> {
    let costs = graph.nodes.map(\.signature.multiplications)
    var left = costs.reduce(0, +) / 100
    let order = graph.nodes.indices.filter { costs[$0] > 0 }.sorted {
      (costs[$0] * graph.nodes[$1].signature.outputs[0].count, $0) < (
        costs[$1] * graph.nodes[$0].signature.outputs[0].count, $1
      )
    }
    return Set(
      order.prefix { node in
        left -= costs[node]
        return left >= 0
      })
  }

  /// Numbers of cuts that `MemoryUse.small` tries.
  private static let cuts = [1, 2, 3, 4, 6, 8, 12, 16]
}
