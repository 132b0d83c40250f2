import Kernels

/// A layer that ends in an activation, which the planner makes a node of its own, so that it may work in place.
protocol ActivationEnding: Layer {
  var activation: ActivationFunction { get }
  /// The same layer without activation.
  var linear: Self { get }
}

extension Graph {
  /// The versions of Keras, 2 or 3, whose 'hard_sigmoid' some layer has.
  public var hardSigmoidVersions: Set<Int> {
    let functions = nodes.compactMap { ($0.layer as? any ActivationEnding)?.activation }
    return Set(functions.compactMap { $0 == .hardSigmoid ? 3 : $0 == .hardSigmoidKeras2 ? 2 : nil })
  }

  /// The versions of Keras, 2 or 3, that some layer needs to be read by, because the other one means something else by it.
  public var meantKerasVersions: Set<Int> {
    hardSigmoidVersions.union(nodes.compactMap { ($0.layer as? RandomCrop)?.kerasVersion })
  }
}
