// Every one of these is nothing at inference, and is refused in training.

/// Turns images by random angles in training.
public struct RandomRotation: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomRotation"
  public static let effect = "turns images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Zooms into images or out of them in training.
public struct RandomZoom: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomZoom"
  public static let effect = "zooms into images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Shifts images by random distances in training.
public struct RandomTranslation: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomTranslation"
  public static let effect = "shifts images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Shears images in training.
public struct RandomShear: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomShear"
  public static let effect = "shears images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Changes the perspective of images in training.
public struct RandomPerspective: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomPerspective"
  public static let effect = "changes the perspective of images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Erases parts of images in training.
public struct RandomErasing: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomErasing"
  public static let effect = "erases parts of images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Changes the hue of images in training.
public struct RandomHue: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomHue"
  public static let effect = "changes the hue of images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Changes the saturation of images in training.
public struct RandomSaturation: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomSaturation"
  public static let effect = "changes the saturation of images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Takes the colour from images in training.
public struct RandomGrayscale: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomGrayscale"
  public static let effect = "takes the colour from images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Sharpens images in training.
public struct RandomSharpness: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomSharpness"
  public static let effect = "sharpens images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Changes the colours of images in training.
public struct RandomColorJitter: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomColorJitter"
  public static let effect = "changes the colours of images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Blurs images in training.
public struct RandomGaussianBlur: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomGaussianBlur"
  public static let effect = "blurs images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Inverts images in training.
public struct RandomInvert: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomInvert"
  public static let effect = "inverts images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Posterizes images in training.
public struct RandomPosterization: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomPosterization"
  public static let effect = "posterizes images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Takes colour from images in training.
public struct RandomColorDegeneration: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomColorDegeneration"
  public static let effect = "takes the colour from images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Bends images in training.
public struct RandomElasticTransform: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomElasticTransform"
  public static let effect = "bends images"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Stretches images to random heights in training; a layer of Keras 2.
public struct RandomHeight: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomHeight"
  public static let effect = "gives images of random height"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Stretches images to random widths in training; a layer of Keras 2.
public struct RandomWidth: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomWidth"
  public static let effect = "gives images of random width"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}
