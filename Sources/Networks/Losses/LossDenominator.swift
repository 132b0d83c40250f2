import Tensors

/// The elements whose number or sum divides a loss: those of each image alone, or of the whole batch, pooled over all
/// shards.
public enum LossDenominator: String, Sendable, CaseIterable {
  case image, batch
}

extension LayerConfiguration {
  /// Ours: Keras always takes the batch.
  func lossDenominator() throws(ImportError) -> LossDenominator {
    let name = try string("denominator", default: LossDenominator.image.rawValue)
    guard let denominator = LossDenominator(rawValue: name) else {
      throw ImportError("\(place): denominator is '\(name)', but must be 'image' or 'batch'.")
    }
    return denominator
  }
}
