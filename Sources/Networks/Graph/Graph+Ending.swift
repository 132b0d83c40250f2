public import Kernels
import Tensors

/// The activation that the only output of a graph ends in, and the graph without it.
extension Graph {
  /// The function that the only output ends in; nil where its layer has none. Layers behind a softmax or sigmoids that
  /// only hand the values on do not hide it.
  public var finalActivation: ActivationFunction? {
    guard outputs.count == 1 else { return nil }
    return classEnding.map { activation(of: $0.value)! } ?? activation(of: outputs[0])
  }

  /// Whether the only output is one number that tells two classes apart: the probability of the second one, or its
  /// logit.
  public var tellsTwoApart: Bool {
    guard outputs.count == 1, shape(outputs[0]).dimensions == [1] else { return false }
    return [.sigmoid, .linear].contains(finalActivation ?? .linear)
  }

  /// Whether the only output holds sigmoids, or the logits of sigmoids: each excludes no other, or it is the only one.
  public var endsInSigmoids: Bool { finalActivation == .sigmoid || tellsTwoApart }

  /// The name of a layer that adds the size of probabilities to the loss, behind a softmax or sigmoids: a loss that is
  /// computed from their logits does not have them. Nil where there is none.
  public var penaltyOnProbabilities: String? {
    classEnding?.covers.first { ($0.layer as? ActivityRegularization)?.addsToLoss == true }?.name
  }

  /// The graph as its loss takes it: without the softmax or the sigmoids at its end.
  ///
  /// Softmax followed by cross-entropy is computed in one pass from the logits, which neither overflows nor rounds
  /// twice. Layers, names and parameters stay the same.
  public var endingInLogits: Graph {
    guard let ending = classEnding, consumers()[outputs[0]] == nil else { return self }
    let layer = nodes[ending.value.node].layer
    return replacing((layer as? any ActivationEnding)?.linear ?? Activation(.linear), at: ending.value.node) ?? self
  }

  /// The value of a softmax or of sigmoids that the only output ends in, and the layers behind, which only hand its
  /// values on.
  private var classEnding: (value: Value, covers: [Node])? {
    guard outputs.count == 1 else { return nil }
    var (value, covers) = (outputs[0], [Node]())
    while nodes[value.node].inputs.count == 1, nodes[value.node].layer.handsOn {
      covers.append(nodes[value.node])
      value = nodes[value.node].inputs[0]
    }
    // A softmax of each of several places is not one of all values behind them.
    let isWhole = covers.isEmpty || shape(value).count == shape(value).channels
    switch activation(of: value) {
    case .softmax where isWhole, .sigmoid: return (value, covers)
    default: return nil
    }
  }

  private func activation(of value: Value) -> ActivationFunction? {
    switch runningLayer(of: nodes[value.node]) {
    case let layer as Softmax where layer.isOverChannels(of: shape(value)): .softmax
    case let layer as ReLU: ActivationFunction(layer)
    case let layer as any ActivationEnding: layer.activation
    default: nil
    }
  }
}

extension Layer {
  /// Whether the output has the values of the input, in one order or another.
  fileprivate var handsOn: Bool {
    switch self {
    case is Input, is Identity, is Flatten, is Reshape, is Permute, is ActivityRegularization: true
    case let layer as Activation: layer.activation == .linear
    default: false
    }
  }
}
