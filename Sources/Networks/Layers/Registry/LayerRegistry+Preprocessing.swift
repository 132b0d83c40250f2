extension LayerRegistry {
  /// Layers that prepare or augment images.
  static let preprocessingLayers: [any Layer.Type] = [
    CategoryEncoding.self, CenterCrop.self, Discretization.self, HashedCrossing.self, Hashing.self,
    IntegerLookup.self, Normalization.self, RandomBrightness.self, RandomColorDegeneration.self, RandomColorJitter.self,
    RandomContrast.self, RandomCrop.self, RandomElasticTransform.self, RandomErasing.self, RandomFlip.self,
    RandomGaussianBlur.self, RandomGrayscale.self, RandomHeight.self, RandomHue.self, RandomInvert.self,
    RandomPerspective.self, RandomPosterization.self, RandomRotation.self, RandomSaturation.self,
    RandomSharpness.self, RandomShear.self, RandomTranslation.self, RandomWidth.self, RandomZoom.self, Rescaling.self,
    Resizing.self, StringLookup.self, TextVectorization.self,
  ]

  /// Whether a class takes whole numbers of any size, and texts.
  public static func takesKeys(_ className: String) -> Bool {
    preprocessingLayers.contains { $0.kerasName == className && $0 is any TakesKeys.Type }
  }

  /// Whether a class prepares or augments images.
  public static func isPreprocessing(_ className: String) -> Bool {
    preprocessingLayers.contains { $0.kerasName == className }
  }
}
