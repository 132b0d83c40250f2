package import Networks
import Tensors

/// The sum that the regularizers of all parameters add to the loss. Every rank adds the same, after the losses have
/// been summed over all ranks; the gradients are `WeightUpdater`'s.
package struct Regularization: Sendable {
  /// In Keras's order of the parameters.
  private let parts: [(regularizer: Regularizer, weights: Buffer)]

  /// Nil where no parameter has a regularizer.
  package init?(_ weights: Weights) {
    parts = weights.table.entries.compactMap { entry in
      guard entry.parameter.kind == .trainable, let regularizer = entry.parameter.regularizer else { return nil }
      return (regularizer, weights.trainable[entry.range])
    }
    if parts.isEmpty { return nil }
  }

  package var term: Double { parts.reduce(0) { $0 + $1.regularizer.term(of: $1.weights) } }
}
