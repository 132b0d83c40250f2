public import Tensors

/// An augmentation of Keras's that is nothing at inference and is not supported in training.
public protocol UntrainedAugmentation: Layer {
  /// Keras's `config`, as it was read, without what says nothing and one of the versions does not know: it goes back as
  /// it came.
  var configuration: [String: JSONValue] { get }
  init(configuration: [String: JSONValue])
  /// What it does in training: "gives images of another height".
  static var effect: String { get }
  /// What to do instead.
  static var remedy: String { get }
}

extension UntrainedAugmentation {
  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    var values = configuration.values
    for key in configuration.unreadKeys { _ = configuration.value(key) }
    for key in ["name", "trainable", "dtype", "batch_input_shape", "batch_shape", "rng_type"] { values[key] = nil }
    if values["data_format"] == "channels_last" || values["data_format"] == .null { values["data_format"] = nil }
    // JSON knows no difference between 0 and 0.0.
    self.init(configuration: values.mapValues(\.withoutIntegers))
  }

  public func kerasConfiguration() -> [String: JSONValue] { configuration }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { .identity(try inputs.one()) }
  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {}
  public func backward(_ pass: borrowing BackwardPass) {}

  var obstacle: String? { "\(Self.effect), and a network has one shape; \(Self.remedy)" }
}
