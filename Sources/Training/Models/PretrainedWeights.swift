import Keras
import Networks
import Tensors

/// Weights of a file for a model, or for the layers of it that stand below a new head.
struct PretrainedWeights: Sendable {
  private let weights: KerasWeights
  /// The model of the file, where it says one.
  private let source: KerasModel?
  /// What the weights are for, with the head that it had.
  private let graph: Graph
  /// The layers that take weights from the file, with their paths there; nil takes all.
  private let layers: [String: String]?

  /// A file's own model.
  init(_ model: KerasModel) { (weights, source, graph, layers) = (model.weights, nil, model.graph, nil) }

  /// - Parameters:
  ///   - path: of any format that Keras's weights come in.
  ///   - graph: what they belong to.
  init(reading path: String, for graph: Graph) throws(KerasError) {
    weights = try KerasWeights(reading: path)
    source = weights.format.hasArchitecture ? try KerasModel(reading: path) : nil
    (self.graph, layers) = (graph, nil)
  }

  private init(_ old: PretrainedWeights, layers: [String: String]) {
    (weights, source, graph, self.layers) = (old.weights, old.source, old.graph, layers)
  }

  /// - Parameter origins: paths that layers have in the file, where these are others.
  func restricted(to layers: Set<String>, origins: [String: String] = [:]) -> PretrainedWeights {
    PretrainedWeights(self, layers: Dictionary(uniqueKeysWithValues: layers.map { ($0, origins[$0] ?? $0) }))
  }

  /// PyTorch's names of the variables of the model that the weights are for.
  var originalTensors: [String: OriginalTensor] { weights.originalTensors(onto: graph) }

  /// What a person should know of how the weights were matched.
  var notices: [String] {
    var mapping = weights.mapping(onto: graph)
    if let layers { mapping.restrict(to: Set(layers.values)) }
    return mapping.notices
  }

  /// Whether nothing else has to give first values.
  var isComplete: Bool { layers == nil }

  /// Copies nothing if anything that is wanted is missing or of another shape.
  ///
  /// - Parameter target: of this graph, or of one with the same layers below its head.
  func load(into target: Weights) throws(KerasError) {
    var mapping = weights.mapping(onto: graph)
    if let source { mapping.compare(with: source, graph) }
    guard let layers else {
      try mapping.requireComplete()
      return try mapping.load(into: target)
    }
    mapping.restrict(to: Set(layers.values))
    try mapping.requireComplete()
    let whole = Weights(ParameterTable(graph))
    try mapping.load(into: whole)
    let entries = Dictionary(uniqueKeysWithValues: whole.table.entries.map { ($0.path, $0) })
    for entry in target.table.entries {
      guard let origin = layers[entry.layer] else { continue }
      target[entry].copy(from: whole[entries["\(origin)/\(entry.parameter.name)"]!])
    }
  }
}
