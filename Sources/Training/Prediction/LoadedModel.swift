package import Datasets
public import Keras
import Kernels
public import Networks
public import Tensors

/// A model with its weights, from a file or from a program.
public struct LoadedModel: Sendable {
  /// The file, or what messages call a model of a program.
  public let file: String
  public let graph: Graph
  public let weights: Weights
  /// What a person should know of the file, in a sentence each.
  public let notices: [String]
  /// Of a program; a file has its own.
  private let ownNotes: ModelNotes?
  let isFromFile: Bool

  /// A model that a program has built.
  ///
  /// - Parameters:
  ///   - weights: of the graph; the model uses them as they are when it runs.
  ///   - notes: what it was trained towards, and how its images are prepared.
  public init(_ graph: Graph, weights: Weights, notes: ModelNotes? = nil) {
    (file, self.graph, notices) = ("the network '\(graph.name)'", graph.choosingForInference(.automatic), [])
    self.weights = Weights(ParameterTable(self.graph), sharing: weights)
    (ownNotes, isFromFile) = (notes, false)
  }

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
    (self.file, ownNotes, isFromFile) = (file, nil, true)
    if let architecture {
      try architecture.requireAdapted("the architecture of \(file)")
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
      try model.graph.requireAdapted(file)
      var own = model.graph.choosingForInference(convolution)
      if !keepsSizesOpen { own.hasOpenSizes = false }
      (graph, weights) = (own, try LoadedModel.weights(of: own, file))
      try model.load(into: weights)
      notices = []
    }
  }

  /// The same model with room for the texts of a source, as training had it for those of its own.
  package func fitted(to source: any DataSource, _ recipe: Recipe) throws(TrainingError) -> LoadedModel {
    let columns = try recipe.inputColumns(of: graph, DataDescription(source, source.columns, classes: 0))
    return LoadedModel(self, recipe.fitted(graph, to: source.columns, taking: columns))
  }

  private init(_ other: LoadedModel, _ graph: Graph) {
    (file, self.graph, notices) = (other.file, graph, other.notices)
    weights = Weights(ParameterTable(graph), sharing: other.weights)
    (ownNotes, isFromFile) = (other.ownNotes, other.isFromFile)
  }

  /// Notes of the file, or of the program, about the model beside layers and weights.
  package func notes() throws(TrainingError) -> ModelNotes? {
    isFromFile ? try ModelNotes.read(from: file) : ownNotes
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

  /// The number of classes that a classifier tells apart: two by one number.
  public var classes: Int { graph.classes }

  /// Whether there is an input whose room the data decides.
  package var takesTexts: Bool { graph.inputs.contains { graph.keyForm($0) == .text } }

  /// Refuses a model that takes more than an image.
  package func requireImageInput() throws(TrainingError) {
    guard graph.inputs.count > 1 || takesTexts else { return }
    let names = graph.inputs.map { graph.nodes[$0.node].name }
    throw TrainingError(
      .data,
      "\(file): the model '\(graph.name)' has the inputs \(names.list), but images are only one; "
        + "give a list, CSV or HDF5, with a column for each of them."
    )
  }
}

extension Graph {
  /// The number of classes that a classifier tells apart: two by one number.
  var classes: Int { tellsTwoApart ? 2 : outputShapes[0].channels }
}
