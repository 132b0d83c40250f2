import Communication
import Datasets
import Networks
import Tensors

/// The training data as layers are adapted to it: prepared, but not augmented.
struct AdaptationData {
  let source: any DataSource
  let preparation: Preparation
  /// The columns that the inputs take.
  let columns: [String]
  /// The model, with room for the texts of the data.
  let graph: Graph

  init(_ given: Recipe, _ model: Graph, _ communicator: any Communicator) throws(TrainingError) {
    let compiled = try given.compiledModel()
    let recipe = try given.takingOver(compiled).settled(by: try given.preprocessingChoice())
    let sources = try TrainingSources(recipe, rank: communicator.rank, of: communicator.size)
    source = sources.train
    do { preparation = try Preparation(for: source, sources.preprocessing) } catch {
      throw TrainingError(.data, error.description)
    }
    let description = DataDescription(source, preparation.columns, classes: 0)
    columns = try recipe.inputColumns(of: model, description)
    graph = recipe.fitted(model, to: description.columns, taking: columns)
  }
}

/// The part of a model that makes the input of a layer.
struct AdaptationInput {
  /// The position of the input of the model that it is; nil for what layers make.
  private let position: Int?
  /// The inputs of the model that the networks take, and a network for each worker.
  private let inputs: [Int]
  private let networks: [Network]

  /// - Parameter earlier: states of layers that stand before it.
  init(
    _ graph: Graph, _ node: Graph.Node, _ earlier: [AdaptedLayer], seed: Int, workers: Int
  ) throws(TrainingError) {
    let value = node.inputs[0]
    position = graph.inputs.firstIndex(of: value)
    guard position == nil else {
      (inputs, networks) = ([], [])
      return
    }
    let prefix = graph.prefix(upTo: value)
    let states = Dictionary(uniqueKeysWithValues: earlier.map { ($0.layer, $0.values) })
    let weights = Weights(ParameterTable(prefix))
    for entry in weights.table.entries where (states[entry.layer] ?? []).isEmpty {
      throw TrainingError(
        .configuration,
        "layer '\(node.owner)' (\(node.layer.kerasName)) stands behind '\(entry.layer)', which has weights of its own; "
          + "adapt it in Keras, or put it before that layer.")
    }
    weights.set(states)
    inputs = graph.inputs(before: value)
    do {
      let plan = try Planner().plan(prefix, lanes: Layout.laneMultiple, mode: .inference)
      networks = (0..<workers).map { _ in Network(plan, weights: weights) }
    } catch {
      throw TrainingError(.configuration, "\(error)")
    }
    for network in networks { network.prepare() }
  }

  /// Of the samples of a shard.
  func value(of shard: LoadedShard, worker: Int) -> Tensor {
    if let position { return shard.inputs[position] }
    let network = networks[worker]
    network.load(inputs.map { shard.inputs[$0] }, live: shard.liveCount)
    network.forward()
    return network.outputs[0]
  }
}

extension Weights {
  /// Sets the variables of layers, in Keras's order, by the paths of the layers.
  func set(_ states: [String: [[Float]]]) {
    for (layer, values) in states {
      for (entry, value) in zip(table.entries(ofLayer: layer), values) { self[entry].replace(with: value) }
    }
  }
}
