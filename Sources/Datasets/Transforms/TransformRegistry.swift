/// All transforms that a configuration can name. A new one is a file and a line here.
public enum TransformRegistry {
  public static let all: [any Transform.Type] = [
    PadCrop.self,
    RandomBrightness.self,
    RandomContrast.self,
    RandomCrop.self,
    RandomFlip.self,
    RandomInvert.self,
    RandomRotation.self,
    RandomTranslation.self,
    RandomZoom.self,
  ]
}
