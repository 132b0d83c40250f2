package import Training
import Yams

extension Configuration {
  /// The recipe as YAML; it means the same wherever the text is saved.
  package static func yaml(_ recipe: Recipe) throws -> String {
    guard let node = try compose(yaml: YAMLEncoder().encode(recipe)) else { return "" }
    return try serialize(node: readable(node))
  }

  /// The same with numbers as people write them, `0.1` instead of `1e-1`, and lists of them on one line.
  private static func readable(_ node: Node) -> Node {
    switch node {
    case .scalar(var scalar):
      if let number = Double.construct(from: scalar), Int(scalar.string) == nil, isPlain(scalar) {
        scalar.string = "\(number)"
      }
      return .scalar(scalar)
    case .sequence(var sequence):
      for index in sequence.indices { sequence[index] = readable(sequence[index]) }
      if sequence.allSatisfy({ $0.scalar != nil }) { sequence.style = .flow }
      return .sequence(sequence)
    case .mapping(var mapping):
      for key in mapping.keys { mapping[key] = mapping[key].map(readable) }
      return .mapping(mapping)
    case .alias: return node
    }
  }

  /// Text in quotes stays text, whatever it looks like.
  private static func isPlain(_ scalar: Node.Scalar) -> Bool { scalar.style == .plain || scalar.style == .any }
}
