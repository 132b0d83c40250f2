package import Networks
package import Tensors

/// The regularizers of some or all parameters: what they add to the loss and to the gradients. Every rank adds the same,
/// after the gradients have been summed over all ranks.
package struct Regularization: Sendable {
  /// A parameter that has a regularizer, or the part of it that lies in the range.
  private struct Part: Sendable {
    let regularizer: Regularizer
    let weights: Buffer
    let gradients: Buffer
  }

  /// In Keras's order of the parameters.
  private let parts: [Part]

  /// Nil where nothing in the range has a regularizer.
  ///
  /// - Parameters:
  ///   - gradients: as many as there are trainable weights.
  ///   - range: positions among them.
  package init?(_ weights: Weights, gradients: Buffer, in range: Range<Int>) {
    parts = weights.table.entries.compactMap { entry in
      guard entry.parameter.kind == .trainable, let regularizer = entry.parameter.regularizer else { return nil }
      let common = entry.range.clamped(to: range)
      guard !common.isEmpty else { return nil }
      return Part(regularizer: regularizer, weights: weights.trainable[common], gradients: gradients[common])
    }
    if parts.isEmpty { return nil }
  }

  /// What the weights add to the loss.
  package var term: Double { parts.reduce(0) { $0 + $1.regularizer.term(of: $1.weights) } }

  /// Adds the derivative of the term by the weights.
  package func addGradients() {
    for part in parts { part.regularizer.addGradient(of: part.weights, to: part.gradients) }
  }
}
