import Augmentations
import Synchronization

/// All transforms that a configuration can name. A new one is a file and a line here.
public enum TransformRegistry {
  private static let own: [any Transform.Type] = [
    AugMix.self,
    AutoContrast.self,
    CutMix.self,
    Equalization.self,
    GaussianNoise.self,
    MixUp.self,
    PadCrop.self,
    RandAugment.self,
    RandomBrightness.self,
    RandomColorDegeneration.self,
    RandomColorJitter.self,
    RandomContrast.self,
    RandomCrop.self,
    RandomElasticTransform.self,
    RandomErasing.self,
    RandomFlip.self,
    RandomGain.self,
    RandomGaussianBlur.self,
    RandomGrayscale.self,
    RandomHue.self,
    RandomInvert.self,
    RandomPerspective.self,
    RandomPitch.self,
    RandomPosterization.self,
    RandomResizedCrop.self,
    RandomRotation.self,
    RandomSaturation.self,
    RandomSharpness.self,
    RandomShear.self,
    RandomSpeed.self,
    RandomTimeShift.self,
    RandomTranslation.self,
    RandomZoom.self,
    Solarization.self,
  ]

  /// Types of programs that use Convoy.
  private static let others = Mutex<[any Transform.Type]>([])

  public static var all: [any Transform.Type] { own + others.withLock { $0 } }

  /// Makes a transform of the program's own known, so that checkpoints and configurations can name it.
  public static func register(_ type: any Transform.Type) {
    precondition(
      own.allSatisfy { $0.kerasName != type.kerasName }, "there is a transform '\(type.kerasName)' already")
    others.withLock { others in
      others.removeAll { $0.kerasName == type.kerasName }
      others.append(type)
    }
  }
}
