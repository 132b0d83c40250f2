import Keras
public import Networks
import Tensors

/// The model to train: `lenet5`, `{name: resnet18, input: [224, 224, 3]}`, a Keras file, or layers in Keras's own
/// vocabulary:
///
///     model:
///       input: [28, 28, 1]
///       layers:
///         - Conv2D: {filters: 6, kernel_size: 5, activation: tanh}
///         - Flatten
///         - Dense: {units: 10, activation: softmax}
public enum ModelChoice: Hashable, Sendable, Codable {
  /// A built-in network, for the number of classes of the data, and for samples of a shape; nil is that of the data, or
  /// where images are resized that which the network was made for.
  case named(String, input: [Int]? = nil)
  /// A Keras whole-model file; its weights are the first weights.
  case file(String)
  /// A chain of layers: class names with Keras's `config`. Without sizes its input is a text, written `input: text`.
  case layers([LayerChoice], input: [Int])
  /// A model of any form, as Keras's `model_config` describes it.
  case architecture(JSONValue)

  /// A network that is built in Swift. It must be made of layers that Keras has, because checkpoints are Keras files.
  public static func graph(_ graph: Graph) -> ModelChoice { .architecture(graph.kerasModel) }

  public struct LayerChoice: Hashable, Sendable {
    public var className: String
    public var values: [String: JSONValue]

    public init(className: String, values: [String: JSONValue] = [:]) {
      (self.className, self.values) = (className, values)
    }
  }

  private enum CodingKeys: String, CodingKey { case name, input, layers, architecture }

  public init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      self = ModelChoice.isFile(text) ? .file(text) : .named(text)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let name = try values.decodeIfPresent(String.self, forKey: .name) {
      let input = try values.decodeIfPresent([Int].self, forKey: .input)
      guard !ModelChoice.isFile(name) else {
        throw DecodingError.dataCorruptedError(
          forKey: .name, in: values,
          debugDescription: "'\(name)' is a file, which says itself what it takes; write model: \(name)")
      }
      self = .named(name, input: input)
      return
    }
    if let architecture = try values.decodeIfPresent(JSONValue.self, forKey: .architecture) {
      self = .architecture(architecture)
      return
    }
    let isText = (try? values.decode(String.self, forKey: .input)) == ModelChoice.text
    self = .layers(
      try values.decode([LayerChoice].self, forKey: .layers),
      input: isText ? [] : try values.decode([Int].self, forKey: .input))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .named(let text, nil), .file(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .named(let name, let input?):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(input, forKey: .input)
    case .layers(let layers, let input):
      var container = encoder.container(keyedBy: CodingKeys.self)
      if input.isEmpty {
        try container.encode(ModelChoice.text, forKey: .input)
      } else {
        try container.encode(input, forKey: .input)
      }
      try container.encode(layers, forKey: .layers)
    case .architecture(let architecture):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(architecture, forKey: .architecture)
    }
  }
}

extension ModelChoice {
  private static let text = "text"

  /// No network has a dot in its name.
  private static func isFile(_ text: String) -> Bool { text.contains("/") || text.contains(".") }

  /// The shape of a sample that the recipe itself gives; nil where file, network or data do, and for a text.
  func givenInput() throws(RecipeError) -> Shape? {
    let sizes: [Int]
    switch self {
    case .layers(_, input: []): return nil
    case .named(_, let input?), .layers(_, let input): sizes = input
    case .named, .file, .architecture: return nil
    }
    guard (1...4).contains(sizes.count), sizes.allSatisfy({ $0 > 0 }), sizes.saturatedProduct <= Shape.mostElements
    else {
      throw RecipeError("model.input", "is \(sizes), but must be the shape of a sample, such as [224, 224, 3].")
    }
    return Shape(sizes)
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
