/// A type with Keras's name and arguments, which is written in a configuration as `0.2`, `[-0.1, 0.3]` or
/// `{factor: 0.2, value_range: [0, 1]}`.
public protocol KerasArguments: Codable {
  static var kerasName: String { get }

  /// Arguments that a value without names stands for.
  static var shortForm: [String] { get }

  /// Reads Keras's arguments.
  init(_ arguments: Arguments) throws(ArgumentError)

  /// Keras's arguments, all of them.
  var arguments: [String: ArgumentValue] { get }
}

extension KerasArguments {
  public static var shortForm: [String] { ["factor"] }

  public init(from decoder: any Decoder) throws {
    let value = try ArgumentValue(from: decoder)
    let values: [String: ArgumentValue]
    if case .names(let names) = value {
      values = names
    } else {
      values = Dictionary(uniqueKeysWithValues: Self.shortForm.map { ($0, value) })
    }
    do throws(ArgumentError) {
      let arguments = Arguments(of: Self.kerasName, values)
      try self.init(arguments)
      try arguments.requireNoOthers()
    } catch {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }

  public func encode(to encoder: any Encoder) throws { try ArgumentValue.names(arguments).encode(to: encoder) }
}
