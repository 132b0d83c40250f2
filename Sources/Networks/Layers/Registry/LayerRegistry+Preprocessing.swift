import Augmentations

extension LayerRegistry {
  /// Layers that prepare or augment images.
  static let preprocessingLayers: [any Layer.Type] = [
    CategoryEncoding.self, CenterCrop.self, Discretization.self, HashedCrossing.self, Hashing.self,
    IntegerLookup.self, Normalization.self, RandomBrightness.self, RandomContrast.self, RandomCrop.self,
    RandomFlip.self,
    RandomHeight.self, RandomWidth.self, Rescaling.self, Resizing.self, StringLookup.self, TextVectorization.self,
    AugmentationLayer<AugMix>.self,
    AugmentationLayer<AutoContrast>.self,
    AugmentationLayer<Equalization>.self,
    AugmentationLayer<RandAugment>.self,
    AugmentationLayer<RandomColorDegeneration>.self,
    AugmentationLayer<RandomColorJitter>.self,
    AugmentationLayer<RandomElasticTransform>.self,
    AugmentationLayer<RandomErasing>.self,
    AugmentationLayer<RandomGaussianBlur>.self,
    AugmentationLayer<RandomGrayscale>.self,
    AugmentationLayer<RandomHue>.self,
    AugmentationLayer<RandomInvert>.self,
    AugmentationLayer<RandomPerspective>.self,
    AugmentationLayer<RandomPosterization>.self,
    AugmentationLayer<RandomRotation>.self,
    AugmentationLayer<RandomSaturation>.self,
    AugmentationLayer<RandomSharpness>.self,
    AugmentationLayer<RandomShear>.self,
    AugmentationLayer<RandomTranslation>.self,
    AugmentationLayer<RandomZoom>.self,
    AugmentationLayer<Solarization>.self,
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
