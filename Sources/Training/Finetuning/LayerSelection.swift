import Keras
import Networks
import Tensors

/// Finds the layers of a model that a configuration speaks of:
///
/// - `all`, `backbone`, `head`: everything, what makes the features, what tells the classes apart;
/// - `block5_conv1`, `block5_*`: names, with `*` and `?`; in models inside the model their paths or what these end in;
/// - `layer4`, `layer4.0.conv*`: modules of PyTorch, where the weights came under their names;
/// - `stage 4`: layers by resolution (`Graph.stages`);
/// - `layers[56:]`, `layers[:-3]`, `layers[7]`: of Keras's `model.layers`, as Python counts;
/// - `last 3`: so many of the backbone's last layers with weights;
/// - `from block5_conv1`: a layer and all behind it in that order.
struct LayerSelection {
  private let graph: Graph
  /// Layers in Keras's order, those of models inside the model in place of these.
  private let layers: [KerasLayer]
  /// The same, one list for every element of `model.layers`.
  private let topLevel: [[KerasLayer]]
  private let hasWeights: Set<String>
  private let backbone: Set<String>
  private let stages: [String: Int]
  /// Those of PyTorch whose weights a layer got.
  private let modules: [String: Set<String>]

  /// - Parameter features: where the backbone ends.
  init(_ graph: Graph, features: Graph.Value) {
    self.graph = graph
    topLevel = graph.kerasLayers.map(\.leaves)
    layers = topLevel.flatMap(\.self)
    hasWeights = Set(graph.nodes.filter { !$0.signature.parameters.isEmpty }.map(\.owner))
    let isBackbone = graph.ancestors(of: features)
    backbone = Set(graph.nodes.indices.filter { isBackbone[$0] }.map { graph.nodes[$0].owner })
    modules = Dictionary(layers.map { ($0.path, graph.originalModules(ofLayer: $0.path)) }) { first, _ in first }
    let stages = graph.stages
    self.stages = Dictionary(graph.nodes.indices.map { (graph.nodes[$0].owner, stages[$0]) }) { first, _ in first }
  }

  /// The paths of the layers with weights that are meant.
  ///
  /// - Parameter key: where the selector stands in the configuration.
  func layers(_ selector: String, _ key: String) throws(TrainingError) -> Set<String> {
    let found = try candidates(selector, key)
    let result = Set(found.map(\.path)).intersection(hasWeights)
    guard !found.isEmpty else {
      let hint = layers.map(\.path).nearest(to: selector).map { "; did you mean '\($0)'?" } ?? ";"
      throw TrainingError(
        .configuration,
        "'\(key)': '\(selector)' matches no layer of '\(graph.name)'\(hint) `convoy inspect` lists its layers.")
    }
    guard !result.isEmpty else {
      throw TrainingError(
        .configuration,
        "'\(key)': '\(selector)' matches only layers without weights (\(found[0].path)); choose layers that can be "
          + "trained."
      )
    }
    return result
  }

  func isBackbone(_ layer: String) -> Bool { backbone.contains(layer) }

  private func candidates(_ selector: String, _ key: String) throws(TrainingError) -> [KerasLayer] {
    switch selector {
    case "all": return layers
    case "backbone": return layers.filter { backbone.contains($0.path) }
    case "head": return layers.filter { !backbone.contains($0.path) }
    default: break
    }
    if let match = selector.wholeMatch(of: /layers\[(-?\d+)?(:)?(-?\d+)?\]/) {
      return slice(match.1.flatMap { Int($0) }, isRange: match.2 != nil, match.3.flatMap { Int($0) })
    }
    if let match = selector.wholeMatch(of: /last (\d+)( with parameters)?/) {
      let own = layers.filter { backbone.contains($0.path) && hasWeights.contains($0.path) }
      let count = Int(match.1) ?? .max
      guard count <= own.count else {
        throw TrainingError(
          .configuration,
          "'\(key)': '\(selector)' asks for more than the \(own.count) layers with weights of the backbone; ask for "
            + "fewer."
        )
      }
      return own.suffix(count)
    }
    if let match = selector.wholeMatch(of: /stage (\d+)/) {
      return layers.filter {
        backbone.contains($0.path) && hasWeights.contains($0.path) && stages[$0.path] == Int(match.1)
      }
    }
    if let match = selector.wholeMatch(of: /from (.+)/) {
      let first = layers.firstIndex { has($0, String(match.1)) }
      return first.map { Array(layers[$0...]) } ?? []
    }
    return layers.filter { has($0, selector) }
  }

  /// Whether a layer has a name: its path, what the path ends in, or a module of PyTorch or what holds it.
  private func has(_ layer: KerasLayer, _ pattern: String) -> Bool {
    pattern.isPattern(of: layer.path) || "*/\(pattern)".isPattern(of: layer.path)
      || modules[layer.path, default: []].contains { pattern.isPattern(of: $0) || "\(pattern).*".isPattern(of: $0) }
  }

  /// As Python cuts lists.
  private func slice(_ start: Int?, isRange: Bool, _ end: Int?) -> [KerasLayer] {
    let count = topLevel.count
    func place(_ index: Int) -> Int { index < 0 ? index + count : index }
    guard isRange else {
      guard let start, end == nil, (0..<count).contains(place(start)) else { return [] }
      return topLevel[place(start)]
    }
    let (from, to) = (min(max(place(start ?? 0), 0), count), min(max(place(end ?? count), 0), count))
    return from < to ? topLevel[from..<to].flatMap(\.self) : []
  }
}
