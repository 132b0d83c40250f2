public import Networks

extension JSONValue {
  /// - Parameter name: what error messages call the text.
  public init(parsing text: String, called name: String) throws(ImportError) {
    do {
      self = try JSONParser.parse(text)
    } catch {
      throw ImportError(
        "\(name) is not valid JSON: it \(error.problem); the file is damaged or was edited: save the model again.")
    }
  }

  /// The same value always gives the same text. A number that is not an integer has a fraction, `1.0`: Python tells the
  /// two apart, and so do the arguments of some of Keras's classes.
  public var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value):
      precondition(value.isFinite, "a configuration holds an infinity or a NaN, for which JSON has no word")
      text += "\(value)"
    case .string(let value): JSONValue.write(value, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, key) in members.keys.sorted().enumerated() {
        if index > 0 { text += "," }
        JSONValue.write(key, to: &text)
        text += ":"
        members[key]!.write(to: &text)
      }
      text += "}"
    }
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
