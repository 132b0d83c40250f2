import Communication
import Datasets
import Foundation
import Keras
import Networks
import Tensors

/// Takes the state of layers from the training data before the first step, as Keras's `adapt` does: once over all
/// samples, shared out among the ranks and merged exactly, so that it is the same for any number of them.
struct Adaptation {
  let recipe: Recipe
  let communicator: any Communicator
  let placement: ThreadPlacement

  /// Samples that a worker takes at a time.
  private static let shardSize = Layout.laneMultiple

  private var vote: Vote { Vote(communicator) }

  /// The recipe with the states of its layers. Collective.
  ///
  /// - Parameter checkpoint: whose states are taken instead; nil where a run begins.
  func settled(resuming checkpoint: String?) throws(TrainingError) -> Recipe {
    let graph = try vote.agree { () throws(TrainingError) in try wantedGraph() }
    guard let graph else { return recipe }
    var copy = recipe
    if let checkpoint {
      copy.adapted = try vote.agree { () throws(TrainingError) in try states(of: graph, in: checkpoint) }
      return copy
    }
    let data = try vote.agree { () throws(TrainingError) in try AdaptationData(recipe, graph, communicator) }
    let pool = WorkerPool(count: placement.threads, processors: placement.processors)
    var current = data.graph
    for index in graph.layersToAdapt(Set(recipe.adapt)) {
      let state = try adapted(index, in: current, data, copy.adapted, pool)
      copy.adapted.append(state)
      current = try current.taking([state])
    }
    return copy
  }

  /// The graph of the model, if there is something in it to adapt.
  private func wantedGraph() throws(TrainingError) -> Graph? {
    do { try recipe.validate() } catch { throw TrainingError(.configuration, "\(error.description)") }
    let graph = try recipe.ownModel()?.graph
    for name in recipe.adapt {
      let known = graph.map { graph in graph.nodes.filter { $0.layer is any AdaptiveLayer }.map(\.owner) } ?? []
      guard known.contains(name) else {
        throw TrainingError(
          .configuration,
          "'adapt': the model has no layer '\(name)' that can be adapted"
            + known.suggestion(for: name, reference: "'adapt' takes names of layers such as Normalization"))
      }
    }
    return graph?.layersToAdapt(Set(recipe.adapt)).isEmpty == false ? graph : nil
  }

  /// The states that a checkpoint was trained with; its weights come with it.
  private func states(of graph: Graph, in checkpoint: String) throws(TrainingError) -> [AdaptedLayer] {
    let trained = try Adaptation.graph(of: checkpoint)
    return try graph.layersToAdapt(Set(recipe.adapt)).map { (index) throws(TrainingError) in
      let owner = graph.nodes[index].owner
      guard let place = trained.index(ofFirstCall: owner) else {
        throw TrainingError(.data, "\(checkpoint) has no layer '\(owner)'; it is the checkpoint of another model.")
      }
      let layer = trained.nodes[place].layer
      return AdaptedLayer(
        layer: owner, className: layer.kerasName, configuration: layer.kerasConfiguration(), values: [],
        notice: "layer '\(owner)' (\(layer.kerasName)) goes on as it was adapted")
    }
  }

  private static func graph(of checkpoint: String) throws(TrainingError) -> Graph {
    do { return try KerasModel(reading: checkpoint).graph } catch { throw TrainingError(.data, error.description) }
  }

  /// Collective.
  private func adapted(
    _ index: Int, in graph: Graph, _ data: AdaptationData, _ earlier: [AdaptedLayer], _ pool: WorkerPool
  ) throws(TrainingError) -> AdaptedLayer {
    let node = graph.nodes[index]
    guard let layer = node.layer as? any AdaptiveLayer else { preconditionFailure("\(node.name) has nothing to adapt") }
    let input = try vote.agree { () throws(TrainingError) in
      try AdaptationInput(graph, node, earlier, seed: recipe.seed, workers: pool.count)
    }
    let own = try vote.agree { () throws(TrainingError) in try observe(layer, input, data, pool) }
    var all = Observations()
    do {
      for part in try communicator.allGather(try JSONEncoder.ofNumbers.encode(own).map(\.self)) {
        all.merge(try JSONDecoder.ofNumbers.decode(Observations.self, from: Data(part)))
      }
    } catch {
      throw TrainingError(.ranks, "what the ranks have found out about the data could not be gathered: \(error)")
    }
    let result: any AdaptiveLayer
    do { result = try layer.adapted(to: all) } catch {
      throw TrainingError(.data, "layer '\(node.owner)' (\(node.layer.kerasName)) \(error.description)")
    }
    return AdaptedLayer(
      layer: node.owner, className: layer.kerasName, configuration: result.kerasConfiguration(),
      values: result.values(adaptedTo: all),
      notice: "layer '\(node.owner)' (\(layer.kerasName)) is adapted to \(data.source.count) samples: "
        + result.summary(of: all))
  }

  /// What this rank's samples say.
  private func observe(
    _ layer: any AdaptiveLayer, _ input: AdaptationInput, _ data: AdaptationData, _ pool: WorkerPool
  ) throws(TrainingError) -> Observations {
    let all = pool.count * communicator.size
    let shards = ShardTree(shards: all).shards(ofRank: communicator.rank, of: communicator.size)
    let sampler = Sampler(
      count: data.source.count, batch: Adaptation.shardSize * all, shards: all, shuffledBy: nil)
    let loader = Loader(
      data.source, inputs: data.columns, targets: [], sampler: sampler, shards: shards, preparation: data.preparation,
      to: data.source.count, ahead: 1)
    let parts = (0..<pool.count).map { _ in ObservingWorker() }
    do throws(DataError) {
      while let batch = try loader.next() {
        pool.run { worker in
          for shard in ShardTree.share(worker, of: parts.count, in: shards) {
            let loaded = batch.shards[shard - shards.lowerBound]
            guard loaded.liveCount > 0 else { continue }
            let tensor = input.value(of: loaded, worker: worker)
            layer.observe(tensor, live: loaded.liveCount, into: &parts[worker].observations)
          }
        }
      }
    } catch {
      throw TrainingError(.data, error.description)
    }
    return parts.reduce(into: Observations()) { $0.merge($1.observations) }
  }
}

/// Observations of one worker. Belongs to it alone.
private final class ObservingWorker: @unchecked Sendable {
  var observations = Observations()
}
