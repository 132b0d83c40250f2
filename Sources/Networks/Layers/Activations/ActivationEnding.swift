import Kernels

/// A layer that ends in an activation, which the planner makes a node of its own, so that it may work in place.
protocol ActivationEnding: Layer {
  var activation: ActivationFunction { get }
  /// The same layer without activation.
  var linear: Self { get }
}
