import HDF5
import Networks

/// Weights by path, as `model.save_weights("NAME.weights.h5")` writes them: `layers/dense_1/vars/0`, where groups are named
/// after the classes of layers, counted in their order.
struct ObjectWeights: Sendable {
  /// A group with variables, groups, or both.
  struct Node: Sendable {
    let path: String
    /// What Keras 3.8 and later says the layer is called.
    let layerName: String?
    /// By number: `vars/0`, `vars/1`, ...
    let variables: [StoredTensor]
    let members: [String: Node]

    var tensors: [StoredTensor] { variables + members.sorted { $0.key < $1.key }.flatMap(\.value.tensors) }
    var isEmpty: Bool { variables.isEmpty && members.values.allSatisfy(\.isEmpty) }
    /// The layers of a model; Keras 2.12 spelled the group otherwise.
    var layers: Node? { members["layers"] ?? members["_layer_checkpoint_dependencies"] }
  }

  private static let mostObjects = 100_000
  private static let mostDepth = 64
  /// Groups at the root that hold no weights of the model.
  private static let otherGroups: Set = ["optimizer", "metrics", "convoy"]

  let root: Node

  init(_ file: File) throws(KerasError) {
    var count = 0
    root = try ObjectWeights.node(file.root, file: file.path, depth: 0, &count)
  }

  private static func node(
    _ group: Group, file: String, depth: Int, _ count: inout Int
  ) throws(KerasError) -> Node {
    func catching<Result>(_ body: () throws(HDF5Error) -> Result) throws(KerasError) -> Result {
      try KerasError.catching(body)
    }
    var variables: [Int: StoredTensor] = [:]
    var members: [String: Node] = [:]
    var layerName: String?
    for name in try catching({ () throws(HDF5Error) in try group.names() }) {
      if depth == 0, otherGroups.contains(name) { continue }
      count += 1
      guard count <= mostObjects, depth < mostDepth else {
        throw KerasError(
          file: file,
          "it has more than \(mostObjects) groups, or groups inside each other without end; use the file that Keras wrote.")
      }
      guard try catching({ () throws(HDF5Error) in try group.kind(of: name) }) == .group else {
        let tensor = try catching { () throws(HDF5Error) in try StoredTensor(group.dataset(name)) }
        guard group.path.hasSuffix("/vars") || group.path == "/vars", let number = Int(name), number >= 0,
          String(number) == name
        else {
          throw KerasError(
            file: file,
            "'\(tensor.name)' is an array where Keras has none: variables are called vars/0, vars/1 and so on; save the "
              + "weights again.")
        }
        variables[number] = tensor
        continue
      }
      let member = try catching { () throws(HDF5Error) in try group.group(name) }
      if name == "vars", !group.path.hasSuffix("/vars") {
        let node = try node(member, file: file, depth: depth + 1, &count)
        variables = Dictionary(uniqueKeysWithValues: node.variables.enumerated().map { ($0, $1) })
        layerName = try catching { () throws(HDF5Error) in
          try member.attributes.contains("name") ? member.attributes.string("name") : nil
        }
      } else {
        members[name] = try node(member, file: file, depth: depth + 1, &count)
      }
    }
    let numbers = variables.keys.sorted()
    guard numbers == Array(0..<numbers.count) else {
      throw KerasError(
        file: file, "'\(group.path)' holds the variables \(numbers), of which some are missing; save the weights again.")
    }
    return Node(
      path: group.path, layerName: layerName, variables: numbers.map { variables[$0]! }, members: members)
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
    let holders = zip(model, model.groupNames).filter { !$0.0.legacyOrder(in: table).isEmpty }
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
    guard node.variables.count == variables.count else {
      let wanted = variables.map { "\($0.parameter.name) \($0.parameter.shape)" }.joined(separator: ", ")
      return mapping.add(
        problem: "'\(node.path)' has \(node.variables.count) variables, but the model's layer '\(layer.name)' has "
          + "\(variables.count) (\(wanted)); use the file that belongs to this model.", node.variables, variables)
    }
    for (tensor, variable) in zip(node.variables, variables) { mapping.add(tensor, variable, reason) }
  }
}
