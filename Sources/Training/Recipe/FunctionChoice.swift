public import Networks
import Tensors

/// A loss or a metric as a configuration names it: `mse`, `MeanSquaredError`, or `{huber: {delta: 2}}`.
public struct FunctionChoice: Hashable, Sendable {
  public var name: String
  public var arguments: [String: JSONValue]

  public init(_ name: String, _ arguments: [String: JSONValue] = [:]) {
    (self.name, self.arguments) = (name, arguments)
  }

  /// The cross-entropy that the end of the output asks for.
  public static let crossEntropy = FunctionChoice("crossEntropy")

  /// As the registries of losses and metrics read it.
  var description: JSONValue { arguments.isEmpty ? .string(name) : .object([name: .object(arguments)]) }
}

extension FunctionChoice: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let name = try? container.decode(String.self) {
      self.init(name)
      return
    }
    let entry = try container.decode([String: JSONValue?].self)
    guard entry.count == 1, let (name, value) = entry.first, value?.asObject != nil || value ?? .null == .null else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "it is written 'mse' or '{huber: {delta: 2}}'")
    }
    self.init(name, value?.asObject ?? [:])
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if arguments.isEmpty {
      try container.encode(name)
    } else {
      try container.encode([name: JSONValue.object(arguments)])
    }
  }
}
