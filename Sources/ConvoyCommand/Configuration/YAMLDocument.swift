package import Networks
import Yams

/// YAML text as a tree of values, with the line on which each begins.
package struct YAMLDocument: Sendable {
  /// A fault of the text.
  package struct Problem: Error {
    package let line: Int?
    package let text: String
  }

  package let value: JSONValue
  /// By the path of keys; elements of a list are counted from 0.
  package private(set) var lines: [[String]: Int] = [:]

  /// References to references multiply what they stand for; so few of them cannot.
  private static let mostReferences = 16
  private static let mostValues = 100_000

  package init(_ text: String) throws(Problem) {
    // Yams follows them while it reads, so they are counted before.
    guard text.matches(of: #/(?m)(?:^|[\s\[{,:?-])\*[A-Za-z0-9_-]/#).count <= YAMLDocument.mostReferences else {
      throw Problem(
        line: nil,
        text:
          "it refers to other places ('*name') more than \(YAMLDocument.mostReferences) times, write the values "
          + "themselves there"
      )
    }
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch {
      throw YAMLDocument.tab(in: text) ?? Problem(error)
    }
    var lines: [[String]: Int] = [:]
    value = try node.map { node throws(Problem) in try YAMLDocument.value(of: node, at: [], &lines) } ?? .null
    self.lines = lines
  }

  /// The first line that begins with a tab, which libyaml calls a character that cannot start any token.
  private static func tab(in text: String) -> Problem? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = lines.firstIndex { $0.prefix { $0 == " " || $0 == "\t" }.contains("\t") }
    return line.map { Problem(line: $0 + 1, text: "a tab indents this line, where YAML allows spaces only") }
  }

  private static func value(of node: Node, at path: [String], _ lines: inout [[String]: Int]) throws(Problem)
    -> JSONValue
  {
    lines[path] = node.mark?.line
    guard lines.count <= mostValues else {
      throw Problem(line: node.mark?.line, text: "it holds more than \(mostValues) values")
    }
    switch node {
    case .scalar(let scalar): return value(of: scalar, node)
    case .sequence(let sequence):
      var elements: [JSONValue] = []
      for element in sequence { elements.append(try value(of: element, at: path + [String(elements.count)], &lines)) }
      return .array(elements)
    case .mapping(let mapping):
      var members: [String: JSONValue] = [:]
      for (key, member) in mapping {
        guard let name = key.scalar?.string else {
          throw Problem(line: key.mark?.line, text: "a key must be a word")
        }
        members[name] = try value(of: member, at: path + [name], &lines)
        // A key stands where the reader looks, the value may begin a line later.
        lines[path + [name]] = key.mark?.line
      }
      return .object(members)
    case .alias(let alias):
      throw Problem(line: alias.mark?.line, text: "the alias '*\(alias.anchor.rawValue)' has no anchor before it")
    }
  }

  private static func value(of scalar: Node.Scalar, _ node: Node) -> JSONValue {
    switch Tag.Name(rawValue: node.tag.description) {
    case .null: return .null
    case .bool: return Bool.construct(from: scalar).map(JSONValue.bool) ?? .string(scalar.string)
    case .int:
      if let integer = Int.construct(from: scalar) { return .integer(integer) }
      return Double(scalar.string).map(JSONValue.number) ?? .string(scalar.string)
    case .float: return Double.construct(from: scalar).map(JSONValue.number) ?? .string(scalar.string)
    default: return .string(scalar.string)
    }
  }
}

extension YAMLDocument.Problem {
  init(_ error: any Error) {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      self.init(line: mark.line, text: problem)
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      self.init(line: context.mark.line, text: "'\(duplicates.sorted().joined(separator: "', '"))' is given twice")
    case YamlError.reader(let problem, _, _, _): self.init(line: nil, text: problem)
    default: self.init(line: nil, text: String(describing: error))
    }
  }
}
