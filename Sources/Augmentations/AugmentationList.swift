public import Kernels
public import Tensors

/// The eleven augmentations that `RandAugment` and `AugMix` choose from, of one strength, and what is drawn for one.
public struct AugmentationList: Hashable, Sendable {
  let shear: RandomShear, translation: RandomTranslation, rotation: RandomRotation
  let brightness: RandomBrightness, degeneration: RandomColorDegeneration, contrast: RandomContrast
  let sharpness: RandomSharpness, posterization: RandomPosterization, solarization: Solarization
  let autoContrast: AutoContrast, equalization: Equalization

  /// - Parameter factor: parts of what is the most of each.
  init(factor: FactorRange, interpolation: Interpolation, valueRange: ClosedRange<Double>) {
    shear = RandomShear(factor, factor, interpolation: interpolation)
    translation = RandomTranslation(factor, factor, interpolation: interpolation)
    rotation = RandomRotation(factor, interpolation: interpolation)
    brightness = RandomBrightness(factor, valueRange: valueRange)
    degeneration = RandomColorDegeneration(factor, valueRange: valueRange)
    contrast = RandomContrast(lower: factor.lower, upper: factor.upper, valueRange: valueRange)
    sharpness = RandomSharpness(factor, valueRange: valueRange)
    // As in Keras: from one bit on, and never the last of them.
    posterization = RandomPosterization(
      lowest: 1, highest: max(1, Int(8 * factor.upper)), valueRange: valueRange)
    solarization = Solarization(addition: factor, threshold: factor, valueRange: valueRange)
    autoContrast = AutoContrast(valueRange: valueRange)
    equalization = Equalization(valueRange: valueRange)
  }

  /// The order of `RandAugment`.
  public enum Kind: Int, CaseIterable, Sendable {
    case shear, translation, rotation, brightness, degeneration, contrast, sharpness, posterization, solarization
    case autoContrast, equalization

    /// Those that change shapes more than colours: `AugMix` without `all_ops`.
    static let fewer: [Kind] = [
      .shear, .translation, .rotation, .posterization, .solarization, .autoContrast, .equalization,
    ]
  }

  /// One of them with what is drawn for it.
  public enum Step: Sendable {
    case map(Homography)
    case brightness(Float)
    case degeneration(Float)
    case contrast(Float)
    case sharpness(Float)
    case posterization(Int)
    case solarization(Solarization.Drawn)
    case autoContrast, equalization
  }

  func draw(_ kind: Kind, _ size: ImageSize, _ random: inout RandomStream) -> Step {
    switch kind {
    case .shear: .map(shear.draw(size, &random))
    case .translation: .map(translation.draw(size, &random))
    case .rotation: .map(rotation.draw(size, &random))
    case .brightness: .brightness(brightness.draw(size, &random))
    case .degeneration: .degeneration(degeneration.draw(size, &random))
    case .contrast: .contrast(contrast.draw(size, &random))
    case .sharpness: .sharpness(sharpness.draw(size, &random))
    case .posterization: .posterization(posterization.draw(size, &random))
    case .solarization: .solarization(solarization.draw(size, &random))
    case .autoContrast: .autoContrast
    case .equalization: .equalization
    }
  }

  /// Pictures' worth of memory for one step.
  static let scratchPictures = 3

  public func apply(_ step: Step, to picture: FloatPicture, _ memory: Buffer) {
    switch step {
    case .map(let map): rotation.apply(map, to: picture, memory)
    case .brightness(let value): brightness.apply(value, to: picture, memory)
    case .degeneration(let value): degeneration.apply(value, to: picture, memory)
    case .contrast(let value): contrast.apply(value, to: picture, memory)
    case .sharpness(let value): sharpness.apply(value, to: picture, memory)
    case .posterization(let bits): posterization.apply(bits, to: picture, memory)
    case .solarization(let drawn): solarization.apply(drawn, to: picture, memory)
    case .autoContrast: autoContrast.apply((), to: picture, memory)
    case .equalization: equalization.apply((), to: picture, memory)
    }
  }

  private func differentiate(_ step: Step, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    switch step {
    case .map(let map): rotation.differentiate(map, at: picture, gradient, memory)
    case .brightness(let value): brightness.differentiate(value, at: picture, gradient, memory)
    case .degeneration(let value): degeneration.differentiate(value, at: picture, gradient, memory)
    case .contrast(let value): contrast.differentiate(value, at: picture, gradient, memory)
    case .sharpness(let value): sharpness.differentiate(value, at: picture, gradient, memory)
    case .posterization(let bits): posterization.differentiate(bits, at: picture, gradient, memory)
    case .solarization(let drawn): solarization.differentiate(drawn, at: picture, gradient, memory)
    case .autoContrast: autoContrast.differentiate((), at: picture, gradient, memory)
    case .equalization: equalization.differentiate((), at: picture, gradient, memory)
    }
  }

  /// Backward through some steps, one after the other.
  ///
  /// - Parameter memory: `scratchPictures`, and one picture for each step.
  func differentiate(_ steps: ArraySlice<Step>, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    guard let step = steps.first else { return }
    if steps.count > 1 {
      let behind = picture.like(in: memory)
      let rest = memory[picture.count..<memory.count]
      behind.copy(from: picture)
      apply(step, to: behind, rest)
      differentiate(steps.dropFirst(), at: behind, gradient, rest)
      differentiate(step, at: picture, gradient, rest)
    } else {
      differentiate(step, at: picture, gradient, memory)
    }
  }

  /// How a step moves pixels; nil for one of colours.
  func movement(_ step: Step) -> PictureMap? {
    guard case .map(let map) = step else { return nil }
    return PictureMap(map, rotation.fill, rotation.interpolation)
  }
}
