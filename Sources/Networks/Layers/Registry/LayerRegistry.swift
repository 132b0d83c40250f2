import Tensors

/// Every layer that can be named in a Keras file or a configuration.
public enum LayerRegistry {
  static let layers: [any Layer.Type] =
    [
      Input.self, Activation.self, ActivityRegularization.self, Add.self, AlphaDropout.self, Average.self,
      BatchNormalization.self, Concatenate.self, CustomScaleLayer.self, Dense.self, Dot.self, Dropout.self, ELU.self,
      Embedding.self, Flatten.self, GaussianDropout.self, GaussianNoise.self, GroupNormalization.self, Identity.self,
      LayerNormalization.self, LayerScale.self, LeakyReLU.self, LocalResponseNormalization.self, Maximum.self,
      Minimum.self, Multiply.self, Operation.self, PReLU.self, Permute.self, RMSNormalization.self, ReLU.self,
      RepeatVector.self,
      Reshape.self, Softmax.self, SpectralNormalization.self, StochasticDepth.self, Subtract.self, ThresholdedReLU.self,
      UnitNormalization.self,
    ] + preprocessingLayers + spatialLayers

  private static let byName = Dictionary(uniqueKeysWithValues: layers.map { ($0.kerasName, $0) })

  /// Keras class names, sorted.
  public static let names = layers.map { $0.kerasName }.sorted()

  /// The layer that a Keras `config` describes. A key that the layer does not know is an error: it could change the
  /// results.
  ///
  /// - Parameters:
  ///   - kerasVersion: the first number of the version of Keras that wrote it.
  ///   - foreign: takes settings that only the author of a file has; nil refuses them.
  public static func layer(
    _ className: String, _ values: [String: JSONValue], kerasVersion: Int = 3, foreign: ForeignSettings? = nil
  ) throws(ImportError) -> any Layer {
    let configuration = LayerConfiguration(
      className: className, values: values, kerasVersion: kerasVersion, foreign: foreign)
    guard let type = byName[canonicalName(of: className)] else {
      if let sentence = beyondScope(className) {
        throw ImportError("layer '\(configuration.layerName)' is of the class '\(className)', \(sentence)")
      }
      let hint = FamiliarLayers.className(for: className).map { "; did you mean '\($0)'?" }
      throw ImportError(
        "layer '\(configuration.layerName)' (\(className)): the class '\(className)' is not known"
          + (hint ?? names.suggestion(for: className, reference: "'convoy layers' lists the classes")))
    }
    try configuration.checkCommonKeys()
    let layer = try type.init(keras: configuration)
    try configuration.checkUnreadKeys()
    return layer
  }

  /// What is said of a class of Keras that no convolutional network has; nil for others.
  private static func beyondScope(_ className: String) -> String? {
    if ["LSTM", "GRU", "RNN", "Bidirectional"].contains(where: className.contains) {
      return "but recurrent layers are not supported; convolutions along the sequence (Conv1D) are."
    }
    if className.hasSuffix("Attention") {
      return "but layers of attention are not supported; Dot and Softmax are."
    }
    if className == "TimeDistributed" {
      return "which is not supported; give the layer inside it one more axis, such as Conv3D for frames of Conv2D."
    }
    return nil
  }
}
