import HDF5
import Networks

/// Weights by path, as `model.save_weights("NAME.weights.h5")` writes them: `layers/dense_1/vars/0`, where groups are
/// named after the classes of layers, counted in their order.
struct ObjectWeights: Sendable {
  /// A group with variables, groups, or both.
  struct Node: Sendable {
    let path: String
    /// What Keras 3.8 and later says the layer is called.
    let layerName: String?
    /// By number: `vars/0`, `vars/1`, ...
    let variables: [StoredTensor]
    let members: [String: Node]
    /// Weights of a vocabulary: `vars/idf_weights`, which Keras does not count among the variables.
    let frequencies: StoredTensor?

    var tensors: [StoredTensor] { variables + members.sorted { $0.key < $1.key }.flatMap(\.value.tensors) }
    var isEmpty: Bool { variables.isEmpty && members.values.allSatisfy(\.isEmpty) }
    /// The layers of a model; Keras 2.12 spelled the group otherwise.
    var layers: Node? { members["layers"] ?? members["_layer_checkpoint_dependencies"] }
  }

  private static let mostObjects = 100_000
  private static let mostDepth = 64
  /// Groups at the root that hold no weights of the model.
  private static let otherGroups: Set = ["optimizer", "metrics", "convoy"]

  static let frequenciesName = "idf_weights"

  let root: Node

  /// Weights of vocabularies, by the paths of their layers.
  var frequencies: [String: StoredTensor] {
    func all(_ node: Node, _ path: String) -> [(String, StoredTensor)] {
      (node.frequencies.map { [(path, $0)] } ?? [])
        + node.members.flatMap { all($1, path.isEmpty ? $0 : "\(path)/\($0)") }
    }
    return Dictionary(uniqueKeysWithValues: all(root, ""))
  }

  init(_ file: File) throws(KerasError) { try self.init([file], of: file.path) }

  /// The weights of all files together.
  init(_ shards: ShardedFiles) throws(KerasError) { try self.init(shards.files, of: shards.index) }

  private init(_ files: [File], of path: String) throws(KerasError) {
    var count = 0
    root = try ObjectWeights.node(files.map(\.root), file: path, depth: 0, &count)
  }

  /// - Parameter groups: one, or those of one path in several files.
  private static func node(
    _ groups: [Group], file: String, depth: Int, _ count: inout Int
  ) throws(KerasError) -> Node {
    let path = groups[0].path
    var variables: [Int: StoredTensor] = [:]
    var inner: [String: [Group]] = [:]
    var frequencies: StoredTensor?
    for group in groups {
      for name in try KerasError.catching({ () throws(HDF5Error) in try group.names() }) {
        if depth == 0, otherGroups.contains(name) { continue }
        count += 1
        guard count <= mostObjects, depth < mostDepth else {
          throw KerasError(
            file: file,
            "it has more than \(mostObjects) groups, or groups inside each other without end; use the file that Keras "
              + "wrote.")
        }
        if try KerasError.catching({ () throws(HDF5Error) in try group.kind(of: name) }) == .group {
          inner[name, default: []].append(
            try KerasError.catching { () throws(HDF5Error) in try group.group(name) })
          continue
        }
        let tensor = try KerasError.catching { () throws(HDF5Error) in try StoredTensor(group.dataset(name)) }
        if path.hasSuffix("/vars"), name == frequenciesName {
          frequencies = tensor
          continue
        }
        guard path.hasSuffix("/vars"), let number = Int(name), number >= 0, String(number) == name else {
          throw KerasError(
            file: file,
            "'\(tensor.name)' is an array where Keras has none: variables are called vars/0, vars/1 and so on; save "
              + "the "
              + "weights again.")
        }
        guard variables.updateValue(tensor, forKey: number) == nil else {
          throw KerasError(file: file, "'\(tensor.name)' is in two of the files; save the weights again.")
        }
      }
    }
    var members: [String: Node] = [:]
    var layerName: String?
    for (name, groups) in inner.sorted(by: { $0.key < $1.key }) {
      let node = try node(groups, file: file, depth: depth + 1, &count)
      guard name == "vars", !path.hasSuffix("/vars") else {
        members[name] = node
        continue
      }
      variables = Dictionary(uniqueKeysWithValues: node.variables.enumerated().map { ($0, $1) })
      frequencies = node.frequencies
      layerName = try KerasError.catching { () throws(HDF5Error) in
        try groups[0].attributes.contains("name") ? groups[0].attributes.string("name") : nil
      }
    }
    let numbers = variables.keys.sorted()
    guard numbers == Array(0..<numbers.count) else {
      throw KerasError(
        file: file, "'\(path)' holds the variables \(numbers), of which some are missing; save the weights again.")
    }
    return Node(
      path: path, layerName: layerName, variables: numbers.map { variables[$0]! }, members: members,
      frequencies: frequencies)
  }

  func map(onto model: [KerasLayer], _ table: ParameterTable, _ mapping: inout WeightMapping) {
    guard let layers = root.layers else {
      return mapping.add(
        problem: "the weights \(root.tensors.map(\.name).brief) are those of a model that only its author's code can "
          + "build, by the names of its attributes; build it from layers and save it again.", root.tensors, [])
    }
    map(layers, onto: model, table, &mapping)
    mapping.addUnused(among: root.tensors)
  }

  /// - Parameter group: `layers` of the model.
  private func map(
    _ group: Node, onto model: [KerasLayer], _ table: ParameterTable, _ mapping: inout WeightMapping
  ) {
    func holders(_ names: [String]) -> [(KerasLayer, String)] {
      zip(model, names).filter { !$0.0.legacyOrder(in: table).isEmpty }
    }
    let written = holders(model.writtenGroupNames)
    let holders = written.allSatisfy { group.members[$0.1] != nil } ? written : holders(model.groupNames)
    let found = holders.compactMap { layer, name in group.members[name].map { (layer: layer, node: $0) } }
    // Names are there since Keras 3.8; before, the path is all there is.
    let names = found.map { $0.node.layerName ?? $0.layer.name }
    let pairs = LayerPairing.pairs(names, found.map(\.layer.name))
    for pair in pairs {
      let reason: WeightMapping.Reason = pair.stored == pair.wanted ? .path : .name
      map(found[pair.stored].node, onto: found[pair.wanted].layer, table, reason, &mapping)
    }
    let paired = Set(pairs.map(\.stored))
    for (index, entry) in found.enumerated() where !paired.contains(index) {
      mapping.add(
        problem: "'\(entry.node.path)' says that it is layer '\(names[index])', which the model does not have in that "
          + "place, where '\(entry.layer.name)' is; use the file that belongs to this model.", entry.node.tensors, [])
    }
  }

  private func map(
    _ node: Node, onto layer: KerasLayer, _ table: ParameterTable, _ reason: WeightMapping.Reason,
    _ mapping: inout WeightMapping
  ) {
    // Random layers may store the state of their generator.
    mapping.ignored += node.members["seed_generator"]?.tensors ?? []
    if let layers = node.layers, layer.isModel { return map(layers, onto: layer.layers, table, &mapping) }
    let variables = layer.isModel ? layer.legacyOrder(in: table) : layer.variables(in: table)
    var stored = node.variables
    if let inner = node.members["layer"]?.variables, layer.className == "SpectralNormalization", !stored.isEmpty {
      // The kernel of the layer inside is there twice; Keras, too, takes the one inside.
      mapping.ignored.append(stored[0])
      stored = inner + stored.dropFirst()
    }
    guard stored.count == variables.count else {
      let wanted = variables.map { "\($0.parameter.name) \($0.parameter.shape)" }.joined(separator: ", ")
      return mapping.add(
        problem: "'\(node.path)' has \(stored.count) variables, but the model's layer '\(layer.name)' has "
          + "\(variables.count) (\(wanted)); use the file that belongs to this model.", stored, variables)
    }
    for (tensor, variable) in zip(stored, variables) { mapping.add(tensor, variable, reason) }
  }
}
