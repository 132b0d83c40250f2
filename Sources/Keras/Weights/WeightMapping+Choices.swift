public import Networks
import Tensors

/// The user's word on a mapping that is not complete.
extension WeightMapping {
  /// Takes the head out of the mapping: its variables keep the values they have.
  ///
  /// - Returns: the arrays of the file that made the classes before.
  public mutating func replaceHead(_ layer: String) -> [StoredTensor] {
    var replaced: [StoredTensor] = []
    matches.removeAll { match in
      guard match.target.layer == layer else { return false }
      replaced.append(match.source)
      return true
    }
    problems.removeAll { problem in
      guard !problem.targets.isEmpty, problem.targets.allSatisfy({ $0.layer == layer }) else { return false }
      replaced += problem.sources
      return true
    }
    return replaced
  }

  /// Leaves out what concerns other layers alone: their variables keep the values they have.
  public mutating func restrict(to layers: Set<String>) {
    matches.removeAll { !layers.contains($0.target.layer) }
    problems.removeAll { problem in
      !problem.targets.isEmpty && problem.targets.allSatisfy { !layers.contains($0.layer) }
    }
  }

  /// Drops problems that patterns allow.
  ///
  /// - Parameter patterns: `*` and `?` as for files, over names of arrays, paths of variables and names of layers. A
  ///   problem is allowed if patterns match every array and every variable in it.
  /// - Returns: the patterns that matched nothing.
  public mutating func allow(_ patterns: [String]) -> [String] {
    var used: Set<String> = []
    func isAllowed(_ names: [String]) -> Bool {
      guard let pattern = patterns.first(where: { pattern in names.contains { pattern.isPattern(of: $0) } }) else {
        return false
      }
      used.insert(pattern)
      return true
    }
    problems = problems.compactMap { problem in
      let sources = problem.sources.filter { !isAllowed([$0.name, String($0.name.drop { $0 == "/" })]) }
      let targets = problem.targets.filter { !isAllowed([$0.path, $0.layer]) }
      return sources.isEmpty && targets.isEmpty ? nil : problem
    }
    return patterns.filter { !used.contains($0) }
  }

  /// Adds problems for layers that compute something else in the file's own model than in the one they are loaded into.
  ///
  /// - Parameters:
  ///   - model: of the file.
  ///   - graph: that the mapping is for.
  public mutating func compare(with model: KerasModel, _ graph: Graph) {
    let own = model.weights.mapping(onto: model.graph)
    let layers = Dictionary(own.matches.map { ($0.source.name, $0.target.layer) }) { first, _ in first }
    var seen: Set<String> = []
    for match in matches {
      guard seen.insert(match.target.layer).inserted, let layer = layers[match.source.name],
        let difference = LayerComparison(layer, of: model.graph, with: match.target.layer, of: graph)?.difference
      else { continue }
      let affected = matches.filter { $0.target.layer == match.target.layer }
      add(
        problem:
          "layer '\(match.target.layer)' has \(difference); use the architecture that the file was trained with.",
        affected.map(\.source), affected.map(\.target))
    }
  }
}
