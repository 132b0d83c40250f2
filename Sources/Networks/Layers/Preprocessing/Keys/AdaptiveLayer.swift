public import Tensors

/// A layer whose state is taken from the training data before the first step (Keras's `adapt`).
public protocol AdaptiveLayer: Layer {
  /// Whether it has its state. Without it, it cannot run.
  var isAdapted: Bool { get }

  /// Adds the samples of a shard.
  ///
  /// - Parameter live: lanes that hold a sample.
  func observe(_ input: Tensor, live: Int, into observations: inout Observations)

  /// The layer with the state that the samples give.
  func adapted(to observations: Observations) throws(ShapeError) -> any AdaptiveLayer

  /// The first values of its variables, in Keras's order; empty where it has none.
  func values(adaptedTo observations: Observations) -> [[Float]]

  /// What was found, for a person.
  func summary(of observations: Observations) -> String
}

extension AdaptiveLayer {
  public func values(adaptedTo observations: Observations) -> [[Float]] { [] }
}

/// An adaptive layer whose state is a vocabulary.
public protocol VocabularyLayer: AdaptiveLayer {
  /// The layer with a vocabulary as Keras writes it, special keys first.
  ///
  /// - Parameters:
  ///   - weights: of all of them; empty where the layer has none.
  ///   - place: what messages call the layer.
  func with(vocabulary: [String], weights: [Float], _ place: String) throws(ImportError) -> any Layer
  /// Numbers that there are, special keys included, as the configuration says it; nil where it does not.
  var size: Int? { get }
  /// Weights of all numbers, where it has such.
  var frequencyWeights: [Float]? { get }
  /// Keys of the vocabulary without special ones.
  var vocabularySize: Int { get }
}

extension VocabularyLayer {
  public func summary(of observations: Observations) -> String { "\(vocabularySize) keys" }
}

extension Graph {
  /// The layers that must be adapted before the graph can run, and those among `names`, in their order.
  public func layersToAdapt(_ names: Set<String> = []) -> [Int] {
    nodes.indices.filter { index in
      guard isFirstCall(index), let layer = nodes[index].layer as? any AdaptiveLayer else { return false }
      return !layer.isAdapted || names.contains(nodes[index].owner)
    }
  }
}
