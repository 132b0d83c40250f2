import Communication
import Datasets
import Networks
import Tensors

// What a stage takes is compared with what the machines have before any of it is taken.
extension Trainer {
  /// Plans a stage, looks whether there is memory for it on every machine, and makes its networks. Collective.
  ///
  /// - Parameter isFirst: whether the run begins or goes on with it; then the stage ahead that trains most is looked
  ///   at too, so that a run does not end half-way.
  func makeEngine(_ index: Int, isFirst: Bool) throws(TrainingError) -> Engine {
    let stages = parts.stages.all
    let ahead = (index + 1..<stages.count).max { stages[$0].trainedCount < stages[$1].trainedCount }
    let positions = isFirst ? [index] + (ahead.map { [$0] } ?? []) : [index]
    let plans = try vote.agree { () throws(TrainingError) in
      try positions.map { position throws(TrainingError) in
        try StagePlan(
          stages[position], recipe, parts.sources, losses: parts.losses, stepsPerEpoch: sampler.batchesPerEpoch)
      }
    }
    try requireMemory(plans, positions)
    return try Engine(parts, plans[0], vote)
  }

  private func requireMemory(_ plans: [StagePlan], _ positions: [Int]) throws(TrainingError) {
    let check = try MemoryCheck(communicator, threads: parts.pool.count, state: memoryState())
    let threads = check.ranks.map(\.threads)
    let demand = MemoryDemand(plans, recipe, parts.sources, steps: parts.stages.steps)
    let estimates = demand.estimates(threads: threads)
    if let shortage = check.shortage(estimates.map(\.bytes)) {
      let (sources, ranks) = (parts.sources, communicator.size)
      let advice = MemoryAdvice(recipe, check) {
        MemoryDemand(replanning: $0, sources, stages: positions, ranks: ranks)
      }
      let settings = advice.settings
      let largest = estimates[shortage.ranks[0]].parts.max { $0.bytes < $1.bytes }!
      let remedy =
        settings.isEmpty
        ? "no smaller batch would fit; start "
          + "\(ranks > 1 ? "the ranks on more machines" : "the run on a machine with more memory"), or take a smaller "
          + "network or smaller images"
        : "what fits: \(settings.joined(separator: ", or "))"
      throw TrainingError(
        .configuration, "\(shortage.text), most of it for \(largest.name) (\(largest.bytes.bytes)); \(remedy).",
        isShared: true)
    }
    // What no file tells, such as a machine that promises no more than it has, shows where the memory is asked for.
    let more = estimates[communicator.rank].bytes - check.ranks[communicator.rank].state.resident
    try vote.agree { () throws(TrainingError) in
      do throws(MemoryError) {
        _ = try Arena(reserving: max(0, more) / MemoryLayout<Float>.stride)
      } catch {
        throw TrainingError(.configuration, error.description)
      }
    }
  }
}

extension TrainingStage {
  /// Numbers that are trained.
  fileprivate var trainedCount: Int {
    graph.nodes.indices.filter(graph.isFirstCall).reduce(0) { sum, index in
      graph.nodes[index].signature.parameters.reduce(sum) { $1.kind == .trainable ? $0.saturatedSum($1.count) : $0 }
    }
  }
}
