import Networks

/// The variables of one layer of a file by layer, or of a model inside the model, and those of its partner.
struct VariablePairing {
  /// Other names that versions of Keras gave to variables.
  private static let aliases = [
    "depthwise_kernel": "kernel", "W": "kernel", "b": "bias", "running_mean": "moving_mean",
    "running_std": "moving_variance", "running_variance": "moving_variance", "alphas": "alpha",
  ]

  private let stored: LegacyWeights.Layer
  private let targets: [OwnedVariable]
  private let reason: WeightMapping.Reason
  private let kernels: KernelLayout
  /// Of all layers of the file.
  private let layerNames: Set<String>

  init(
    _ stored: LegacyWeights.Layer, among layerNames: Set<String>, _ targets: [OwnedVariable],
    _ reason: WeightMapping.Reason, _ kernels: KernelLayout
  ) {
    (self.stored, self.layerNames, self.targets) = (stored, layerNames, targets)
    (self.reason, self.kernels) = (reason, kernels)
  }

  func map(_ mapping: inout WeightMapping) {
    let known = Set(targets.map(\.variable.parameter.name))
    let names = stored.weightNames.map { Name($0, known: known) }
    guard names.count == targets.count else {
      let wanted = targets.map { "\($0.variable.parameter.name) \($0.variable.parameter.shape)" }
      return mapping.add(
        problem: "layer '\(stored.name)' has \(stored.weightNames.count) weights (\(stored.weightNames.brief)), but "
          + "the model's '\(targets[0].variable.layer)' has \(targets.count) (\(wanted.joined(separator: ", "))); use "
          + "the file that belongs to this model.", stored.tensors, targets.map(\.variable))
    }
    if let other = names.first(where: { isOfAnotherLayer($0) }) {
      return mapping.add(
        problem: "the group of layer '\(stored.name)' holds a weight of layer '\(other.layer)' "
          + "(\(stored.weightNames.brief)); the file was changed: save the model again.", stored.tensors,
        targets.map(\.variable))
    }
    let byBoth = order(names.map { "\($0.layer)/\($0.variable)" }) { "\($0.layer.name)/\($0.variable.parameter.name)" }
    let byVariable = order(names.map(\.variable)) { $0.variable.parameter.name }
    guard let order = byBoth ?? byVariable else {
      return mapByPosition(names, known: known, &mapping)
    }
    for (tensor, index) in zip(stored.tensors, order) { add(tensor, targets[index], reason, &mapping) }
  }

  /// Whether the weight of a layer bears the name of another layer of the file. Keras 2.0 made names unique by a number
  /// behind them, which may be another layer's name: `dense_1/kernel` of `dense`.
  private func isOfAnotherLayer(_ name: Name) -> Bool {
    let isSingle = targets.allSatisfy { $0.layer.path == targets[0].layer.path }
    // The layer's own name may contain "/".
    let isOwn = name.layer == stored.name || name.path.hasPrefix(stored.name + "/")
    guard isSingle, !isOwn, layerNames.contains(name.layer) else { return false }
    return !(name.layer.hasPrefix(stored.name + "_") && Int(name.layer.dropFirst(stored.name.count + 1)) != nil)
  }

  /// The place of the target for each name, where names and targets are the same, each once.
  private func order(_ names: [String], _ name: (OwnedVariable) -> String) -> [Int]? {
    let places = Dictionary(targets.enumerated().map { (name($1), $0) }) { first, _ in first }
    guard places.count == targets.count, Set(names).count == names.count else { return nil }
    let order = names.compactMap { places[$0] }
    return order.count == names.count ? order : nil
  }

  /// The order decides, as in Keras, unless a name contradicts it.
  private func mapByPosition(_ names: [Name], known: Set<String>, _ mapping: inout WeightMapping) {
    for (index, name) in names.enumerated() where known.contains(name.variable) {
      let target = targets[index].variable
      guard name.variable == target.parameter.name else {
        return mapping.add(
          problem: "the weights of layer '\(stored.name)' are \(stored.weightNames.brief), where the model has "
            + "'\(target.path)' in the place of '\(stored.weightNames[index])'; use the file that belongs to this "
            + "model.", stored.tensors, targets.map(\.variable))
      }
    }
    for (tensor, target) in zip(stored.tensors, targets) { add(tensor, target, .position, &mapping) }
  }

  private func add(
    _ tensor: StoredTensor, _ target: OwnedVariable, _ reason: WeightMapping.Reason, _ mapping: inout WeightMapping
  ) {
    mapping.add(tensor, target.variable, reason, kernels.rearrangements(of: tensor, for: target))
  }

  /// `block/conv2d_1/kernel:0`, taken apart: the last two parts, in today's words.
  private struct Name {
    let path: String
    let layer: String
    let variable: String

    /// - Parameter known: today's names of the layer's variables.
    init(_ path: String, known: Set<String>) {
      self.path = path
      let parts = path.split(separator: "/")
      var last = parts.last ?? ""
      if let colon = last.lastIndex(of: ":"), last[colon...].dropFirst().allSatisfy(\.isNumber) {
        last = last[..<colon]
      }
      // Keras 1: the layer's own name, and W or b.
      let older = last.firstMatch(of: /_(W|b|gamma|beta|running_mean|running_std)$/)
      let name = String(older.map { $0.1 } ?? last)
      variable = known.contains(name) ? name : VariablePairing.aliases[name] ?? name
      layer = String(parts.dropLast().last ?? "")
    }
  }
}
