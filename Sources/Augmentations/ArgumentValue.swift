/// The value of an argument, as configurations and Keras's files write it.
public enum ArgumentValue: Hashable, Sendable, Codable {
  case null
  case flag(Bool)
  case number(Double)
  /// One that must be written without a point; what is read is a `number`.
  case integer(Int)
  case text(String)
  case list([ArgumentValue])
  case names([String: ArgumentValue])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([ArgumentValue].self) {
      self = .list(value)
    } else {
      self = .names(try container.decode([String: ArgumentValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .names(let values): try container.encode(values)
    }
  }

  public static func pair(_ range: FactorRange) -> ArgumentValue {
    .list([.number(range.lower), .number(range.upper)])
  }
  static func pair(_ range: ClosedRange<Double>) -> ArgumentValue {
    .list([.number(range.lowerBound), .number(range.upperBound)])
  }

  var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// All of them numbers.
  var numbers: [Double]? {
    guard case .list(let values) = self else { return nil }
    let numbers = values.compactMap(\.number)
    return numbers.count == values.count ? numbers : nil
  }

  /// As short as a message wants it.
  var brief: String {
    switch self {
    case .null: "null"
    case .flag(let value): String(value)
    case .number(let value): String(value)
    case .integer(let value): String(value)
    case .text(let value): "'\(value)'"
    case .list(let values): "[" + values.prefix(8).map(\.brief).joined(separator: ", ") + "]"
    case .names(let values): "{" + values.keys.sorted().prefix(4).joined(separator: ", ") + "}"
    }
  }
}

/// An argument that cannot be taken: "RandomHue.factor is 2.0, but must be ...". One sentence without its end.
public struct ArgumentError: Error, CustomStringConvertible, Hashable, Sendable {
  /// Which argument of what: "RandomHue.factor".
  public let place: String
  /// "is 2.0, but must be a number from 0.0 to 1.0, or two".
  public let problem: String

  public var description: String { "\(place) \(problem)" }
}
