public import Networks

/// What is trained: `lenet5`, `resnet20`, a Keras file, or layers in Keras's own vocabulary:
///
///     model:
///       input: [28, 28, 1]
///       layers:
///         - Conv2D: {filters: 6, kernel_size: 5, activation: tanh}
///         - Flatten
///         - Dense: {units: 10, activation: softmax}
public enum ModelChoice: Hashable, Sendable, Codable {
  /// A built-in network, for the shape and the number of classes of the data.
  case named(String)
  /// A Keras whole-model file; its weights are the first weights.
  case file(String)
  /// A chain of layers: class names with Keras's `config`.
  case layers([LayerChoice], input: [Int])

  public struct LayerChoice: Hashable, Sendable {
    public var className: String
    public var values: [String: JSONValue]

    public init(className: String, values: [String: JSONValue] = [:]) {
      (self.className, self.values) = (className, values)
    }
  }

  private enum CodingKeys: String, CodingKey { case input, layers }

  public init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      // No network has a dot in its name.
      self = text.contains("/") || text.contains(".") ? .file(text) : .named(text)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self = .layers(
      try values.decode([LayerChoice].self, forKey: .layers), input: try values.decode([Int].self, forKey: .input))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .named(let text), .file(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .layers(let layers, let input):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(input, forKey: .input)
      try container.encode(layers, forKey: .layers)
    }
  }
}

/// Written `Flatten` or `{Dense: {units: 10}}`.
extension ModelChoice.LayerChoice: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let name = try? container.decode(String.self) {
      self.init(className: name)
      return
    }
    let entry = try container.decode([String: JSONValue?].self)
    guard entry.count == 1, let (name, value) = entry.first, value?.asObject != nil || value ?? .null == .null else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a layer is written 'Flatten' or 'Dense: {units: 10}'")
    }
    self.init(className: name, values: value?.asObject ?? [:])
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode([className: JSONValue.object(values)])
  }
}
