import Networks

/// The stages of a whole run, one after the other: which layers are trained when, from the recipe and the model alone.
package struct TrainingStages: Sendable {
  package private(set) var all: [TrainingStage] = []

  package var steps: Int { all.last!.steps.upperBound }

  /// The stage in which a step was made that left a run at `step`; the first one before any.
  func stage(after step: Int) -> Int { all.firstIndex { step <= $0.steps.upperBound } ?? all.count - 1 }

  package init(_ recipe: Recipe, _ model: Recipe.Model, stepsPerEpoch: Int) throws(TrainingError) {
    guard let finetune = recipe.finetune else {
      let schedule = Schedule(
        recipe.schedule, rate: recipe.optimizer.baseRate, stepsPerEpoch: stepsPerEpoch,
        steps: recipe.epochs * stepsPerEpoch, iterations: recipe.optimizer.iterations)
      all = [
        TrainingStage(
          steps: 0..<recipe.epochs * stepsPerEpoch, phase: nil, scheduleStart: 0, schedule: schedule,
          graph: model.graph,
          trainedGraph: model.graph, rates: [:], firstSteps: model.graph.firstSteps(after: recipe.optimizer.iterations))
      ]
      try requireTrainable()
      return
    }
    var builder = StagesBuilder(recipe, finetune, model, stepsPerEpoch: stepsPerEpoch)
    for index in finetune.phases.indices { try builder.add(index) }
    all = builder.stages
    try requireTrainable()
  }

  /// The same stages for a run that has made so many steps more than its epochs take (`TrainingState.stepOffset`).
  func shifted(by offset: Int) -> TrainingStages {
    var stages = self
    stages.all = all.map { stage in
      TrainingStage(
        steps: max(0, stage.steps.lowerBound + offset)..<max(0, stage.steps.upperBound + offset),
        phase: stage.phase, scheduleStart: stage.scheduleStart + offset, schedule: stage.schedule,
        graph: stage.graph, trainedGraph: stage.trainedGraph, rates: stage.rates,
        firstSteps: stage.firstSteps.mapValues { $0 < 0 ? $0 : max(0, $0 + offset) })
    }
    return stages
  }

  private func requireTrainable() throws(TrainingError) {
    for stage in all where !stage.graph.hasTrainableParameters {
      let place = stage.phase.map { "in phase \($0.number) " } ?? ""
      throw TrainingError(
        .configuration,
        "\(place)every layer of the model '\(stage.graph.name)' is frozen or has no parameters; let one be trained.")
    }
  }
}

/// Turns phases into stages.
private struct StagesBuilder {
  let recipe: Recipe
  let finetune: FinetuneChoice
  let graph: Graph
  let selection: LayerSelection
  let stepsPerEpoch: Int
  private(set) var stages: [TrainingStage] = []
  /// Layers with weights that are frozen, and since when the others have been trained.
  private var frozen: Set<String>
  private var firstSteps: [String: Int] = [:]

  init(_ recipe: Recipe, _ finetune: FinetuneChoice, _ model: Recipe.Model, stepsPerEpoch: Int) {
    (self.recipe, self.finetune, self.stepsPerEpoch) = (recipe, finetune, stepsPerEpoch)
    graph = model.graph
    selection = LayerSelection(model.graph, features: model.features)
    // What the file says.
    frozen = Set(graph.frozenLayers)
  }

  mutating func add(_ index: Int) throws(TrainingError) {
    let (phase, key) = (finetune.phases[index], "finetune.phases.\(index)")
    let start = stages.last?.steps.upperBound ?? 0
    let end = start + phase.steps(perEpoch: stepsPerEpoch)
    for selector in phase.freeze { frozen.formUnion(try selection.layers(selector, "\(key).freeze")) }
    var unfrozen: Set<String> = []
    for selector in phase.unfreeze { unfrozen.formUnion(try selection.layers(selector, "\(key).unfreeze")) }
    let rates = try rates(of: phase, key)
    let groups = phase.gradually.map { self.groups(of: unfrozen.intersection(frozen), $0.layers) } ?? [unfrozen]
    let every = phase.gradually?.every.steps(perEpoch: stepsPerEpoch) ?? 0
    guard start + (groups.count - 1) * every < end else {
      throw TrainingError(
        .configuration,
        "'\(key).gradually' takes \(groups.count) times \(phase.gradually!.every), longer than the phase; unfreeze "
          + "more layers at a time or make the phase longer."
      )
    }
    let schedule = Schedule(
      phase.schedule ?? recipe.schedule, rate: phase.rate ?? recipe.optimizer.baseRate, stepsPerEpoch: stepsPerEpoch,
      steps: end - start)
    for (position, group) in groups.enumerated() {
      frozen.subtract(group)
      let first = start + position * every
      let steps = first..<(position == groups.count - 1 ? end : first + every)
      append(steps, phase: index, schedule, scheduleStart: start, rates)
    }
    let trained = Set(stages.last!.graph.trainedLayers)
    for selector in phase.rates.keys.sorted()
    where try selection.layers(selector, "\(key).rates").isDisjoint(with: trained) {
      throw TrainingError(
        .configuration,
        "'\(key).rates': all that '\(selector)' matches is frozen in this phase; unfreeze it or remove the rate.")
    }
  }

  private mutating func append(
    _ steps: Range<Int>, phase: Int, _ schedule: Schedule, scheduleStart: Int, _ rates: [String: Double]
  ) {
    let graph = graph.freezing { frozen.contains($0.owner) }
    for layer in Set(graph.nodes.map(\.owner)) {
      if frozen.contains(layer) {
        firstSteps[layer] = nil
      } else if firstSteps[layer] == nil {
        firstSteps[layer] = steps.lowerBound
      }
    }
    // What nothing is trained below gives the same in training and at inference, statistics and dropout included.
    let isReached = graph.hasTrainedAncestors
    let trained = graph.runningAtInference { index, node in
      node.layer.dependsOnMode && selection.isBackbone(node.owner)
        && (finetune.batchNormalization == .inference || !isReached[index])
    }
    stages.append(
      TrainingStage(
        steps: steps, phase: (phase + 1, finetune.phases.count), scheduleStart: scheduleStart, schedule: schedule,
        graph: graph, trainedGraph: trained, rates: rates, firstSteps: firstSteps.filter { $0.value > 0 }))
  }

  /// By layer, what its learning rate is multiplied by.
  private func rates(of phase: PhaseChoice, _ key: String) throws(TrainingError) -> [String: Double] {
    var rates: [String: Double] = [:]
    let depths = graph.depths
    for (index, node) in graph.nodes.enumerated() where phase.layerDecay != 1 && graph.isFirstCall(index) {
      var factor = 1.0
      for _ in 0..<depths[index] { factor *= phase.layerDecay }
      rates[node.owner] = factor
    }
    for (selector, factor) in phase.rates.sorted(by: { $0.key < $1.key }) {
      for layer in try selection.layers(selector, "\(key).rates") { rates[layer, default: 1] *= factor }
    }
    return rates
  }

  /// Layers that are unfrozen together, those farthest from the input first.
  private func groups(of layers: Set<String>, _ count: Int) -> [Set<String>] {
    let depths = graph.depths
    var byDepth: [Int: Set<String>] = [:]
    for index in graph.nodes.indices where graph.isFirstCall(index) && layers.contains(graph.nodes[index].owner) {
      byDepth[depths[index], default: []].insert(graph.nodes[index].owner)
    }
    let levels = byDepth.sorted { $0.key < $1.key }.map(\.value)
    let groups = stride(from: 0, to: levels.count, by: count).map { start in
      levels[start..<min(start + count, levels.count)].reduce(into: Set()) { $0.formUnion($1) }
    }
    return groups.isEmpty ? [[]] : groups
  }
}

extension Graph {
  /// Of an optimizer that has made steps before the first one of the run.
  fileprivate func firstSteps(after iterations: Int) -> [String: Int] {
    iterations == 0 ? [:] : Dictionary(trainedLayers.map { ($0, -iterations) }) { first, _ in first }
  }

  /// Paths of the layers that are trained.
  var trainedLayers: [String] {
    nodes.indices.filter { index in
      isFirstCall(index) && nodes[index].signature.parameters.contains { $0.kind == .trainable }
    }
    .map { nodes[$0].owner }
  }
}
