// Nothing at inference; refused in training, because every batch would have another shape.

/// Stretches images to random heights in training; a layer of Keras 2.
public struct RandomHeight: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomHeight"
  public static let effect = "gives images of another height in every step"
  public static let remedy = "use RandomZoom with a width_factor of 0, which keeps their size"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}

/// Stretches images to random widths in training; a layer of Keras 2.
public struct RandomWidth: UntrainedAugmentation, InferenceOnly {
  public static let kerasName = "RandomWidth"
  public static let effect = "gives images of another width in every step"
  public static let remedy = "use RandomZoom with a height_factor of 0, which keeps their size"
  public let configuration: [String: JSONValue]
  public init(configuration: [String: JSONValue]) { self.configuration = configuration }
}
