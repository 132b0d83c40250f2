import Tensors

/// A layer that changes its own weights before every step of training.
protocol WeightNormalizing: Layer {
  /// Whether this call of the layer does so.
  var normalizesWeights: Bool { get }

  /// Floats that `normalizeWeights` needs.
  func normalizationScratch(_ parameters: [Buffer]) -> Int

  /// - Parameter parameters: in Keras's order, states included.
  func normalizeWeights(_ parameters: [Buffer], scratch: Buffer)
}
