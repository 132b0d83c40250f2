public import Keras
import Kernels
public import Networks
public import Tensors

/// A model from a file, with its weights.
public struct LoadedModel: Sendable {
  public let file: String
  public let graph: Graph
  public let weights: Weights
  /// What a person should know of the file, in a sentence each.
  public let notices: [String]

  /// - Parameters:
  ///   - architecture: what weights belong to that come without one.
  ///   - openSizes: what sizes of samples that the model leaves open are to be.
  ///   - convolution: how convolutions are computed.
  ///   - keepsSizesOpen: whether sizes that the model leaves open stay so, where it is written or run again.
  public init(
    _ file: String, _ architecture: Graph? = nil, openSizes: OpenSizes = .refused,
    convolution: Recipe.ConvolutionChoice = .automatic, keepsSizesOpen: Bool = false
  ) throws {
    try Checkpoint.requireSound(file)
    self.file = file
    if let architecture {
      var graph = architecture.choosingForInference(convolution)
      weights = try LoadedModel.weights(of: graph, file)
      let stored = try KerasWeights(reading: file)
      let mapping = stored.mapping(onto: graph)
      try mapping.requireComplete()
      notices = mapping.notices
      try mapping.load(into: weights)
      graph.takeOriginalTensors(stored.originalTensors(onto: graph))
      self.graph = graph
    } else {
      let model = try KerasModel(reading: file, openSizes: openSizes)
      var own = model.graph.choosingForInference(convolution)
      if !keepsSizesOpen { own.hasOpenSizes = false }
      (graph, weights) = (own, try LoadedModel.weights(of: own, file))
      try model.load(into: weights)
      notices = []
    }
  }

  /// Memory for the weights of a graph, if there is enough.
  package static func weights(of graph: Graph, _ file: String) throws(TrainingError) -> Weights {
    let table = ParameterTable(graph)
    try MemoryState.require(
      table.bytes, for: "the model '\(graph.name)' of \(file)",
      remedy: "take a smaller model or a machine with more memory")
    return Weights(table)
  }

  /// Refuses to run the model where its activations do not fit.
  ///
  /// - Parameters:
  ///   - samples: bytes of what is kept beside them.
  ///   - threads: networks of this process.
  ///   - processes: of this machine that do the same.
  package func requireMemory(_ plan: Plan, samples: Int = 0, threads: Int = 1, processes: Int = 1) throws(TrainingError)
  {
    let bytes = [plan.arenaBytes.saturatedSum(plan.sharedPackedBytes), threads].saturatedProduct.saturatedSum(samples)
    try MemoryState.require(
      bytes, processes: processes, for: "running the model '\(graph.name)' of \(file)",
      remedy: threads > 1 || processes > 1
        ? "use fewer threads or ranks, or smaller images"
        : "give smaller or fewer images, or a machine with more memory")
  }

  /// The only input of a classifier.
  public var input: Shape { graph.inputShapes[0] }

  /// What a classifier tells apart: two by one number.
  public var classes: Int { graph.tellsTwoApart ? 2 : graph.outputShapes[0].channels }

  /// How the outputs of a classifier become probabilities.
  package var ending: ClassifierEnding {
    get throws(TrainingError) {
      switch graph.finalActivation ?? .linear {
      case .softmax: return .softmax
      case .sigmoid: return graph.outputShapes[0].channels == 1 ? .sigmoid : .sigmoids
      case .linear where graph.tellsTwoApart: return .logit
      case .linear: return .logits
      case let other:
        throw TrainingError(
          .data,
          "\(file): the model '\(graph.name)' ends in \(graph.outputShapes[0].channels) outputs with the function "
            + "'\(other.name)', which are no probabilities; give a model that ends in softmax, sigmoid or bare logits.")
      }
    }
  }

  public func requireClassifier() throws(TrainingError) {
    guard graph.inputs.count == 1, graph.outputs.count == 1, graph.outputShapes[0].rank == 1 else {
      throw TrainingError(
        .data,
        "\(file): the model '\(graph.name)' does not classify: it needs one input and one output of shape (classes,), "
          + "but has inputs \(graph.inputShapes.map(\.description).joined(separator: ", ")) and outputs "
          + "\(graph.outputShapes.map(\.description).joined(separator: ", "))."
      )
    }
  }
}
