public import Kernels
import Tensors

/// The activations that outputs of a graph end in.
extension Graph {
  /// The function that an output ends in; nil where its layer has none. Layers behind a softmax or sigmoids that only
  /// hand the values on do not hide it.
  public func finalActivation(of output: Int) -> ActivationFunction? {
    ending(of: output)?.activation ?? activation(of: outputs[output])
  }

  /// That of the only output.
  public var finalActivation: ActivationFunction? { outputs.count == 1 ? finalActivation(of: 0) : nil }

  /// Whether the only output is one number that tells two classes apart: the probability of the second one, or its
  /// logit.
  public var tellsTwoApart: Bool {
    guard outputs.count == 1, shape(outputs[0]).dimensions == [1] else { return false }
    return [.sigmoid, .linear].contains(finalActivation ?? .linear)
  }

  /// Whether the only output holds sigmoids, or the logits of sigmoids: each excludes no other, or it is the only one.
  public var endsInSigmoids: Bool { finalActivation == .sigmoid || tellsTwoApart }

  /// The graph without the softmax or the sigmoids that its only output ends in.
  public var endingInLogits: Graph {
    guard outputs.count == 1, let ending = ending(of: 0), consumers()[outputs[0]] == nil else { return self }
    return replacing(nodes[ending.value.node].layer.withoutActivation, at: ending.value.node) ?? self
  }

  /// The name of a layer that adds the size of probabilities to the loss, behind a softmax or sigmoids: a loss that is
  /// computed from their logits does not have them. Nil where there is none.
  public var penaltyOnProbabilities: String? {
    outputs.indices.lazy.compactMap { ending(of: $0) }.flatMap(\.covers).map { nodes[$0.node] }
      .first { ($0.layer as? ActivityRegularization)?.addsToLoss == true }?.name
  }

  /// A softmax or sigmoids that an output ends in.
  struct Ending {
    let activation: ActivationFunction
    let value: Value
    /// What layers behind make of it that only hand its values on, the output first.
    let covers: [Value]
  }

  /// The softmax or the sigmoids that an output ends in.
  func ending(of output: Int) -> Ending? {
    var (value, covers) = (outputs[output], [Value]())
    while nodes[value.node].inputs.count == 1, nodes[value.node].layer.handsOn {
      covers.append(value)
      value = nodes[value.node].inputs[0]
    }
    // A softmax of each of several places is not one of all values behind them.
    let isWhole = covers.isEmpty || shape(value).count == shape(value).channels
    switch activation(of: value) {
    case .softmax where isWhole: return Ending(activation: .softmax, value: value, covers: covers)
    case .sigmoid: return Ending(activation: .sigmoid, value: value, covers: covers)
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
  /// The same layer without the activation that it ends in or is.
  var withoutActivation: any Layer { (self as? any ActivationEnding)?.linear ?? Activation(.linear) }

  /// Whether the output has the values of the input, in one order or another.
  fileprivate var handsOn: Bool {
    switch self {
    case is Input, is Identity, is Flatten, is Reshape, is Permute, is ActivityRegularization: true
    case let layer as Activation: layer.activation == .linear
    default: false
    }
  }
}
