import Networks
import Tensors

/// Maps weights under PyTorch's names onto a graph of the same architecture: the n-th convolution or matrix product
/// onto the n-th, and so with normalisations. Kernels are turned from (out, in, height, width) to (height, width, in,
/// out).
struct TorchMapping {
  private let graph: Graph
  private let table: ParameterTable
  private let modules: TorchModules

  init(_ tensors: [StoredTensor], _ graph: Graph) {
    (self.graph, table, modules) = (graph, ParameterTable(graph), TorchModules(tensors))
  }

  func map(_ mapping: inout WeightMapping) {
    mapping.isPyTorchs = true
    mapping.ignored += modules.counters + modules.auxiliary
    mapping.auxiliary = modules.auxiliary
    var nodes = orderedNodes().map { graph.nodes[$0] }
    for node in nodes where node.layer is Networks.Normalization {
      mapping.add(
        problem:
          "layer '\(node.name)' prepares images by means and variances that a file of PyTorch does not hold; use a "
          + "network without it, such as efficientnet_b0 or tf_efficientnet_b0.", [], Array(table.entries(of: node)))
    }
    nodes.removeAll { $0.layer is Networks.Normalization }
    let normalizations = nodes.filter { $0.layer is Networks.BatchNormalization }
    let products = nodes.filter { !($0.layer is Networks.BatchNormalization) }
    pair(modules.products, products, "convolutions and dense layers", &mapping)
    pair(modules.normalizations, normalizations, "normalisations", &mapping)
    mapping.addUnused(among: modules.unknown)
  }

  private func pair(
    _ modules: [TorchModules.Module], _ nodes: [Graph.Node], _ what: String, _ mapping: inout WeightMapping
  ) {
    guard modules.count == nodes.count else {
      return mapping.add(
        problem: "the file has \(modules.count) \(what) under names of torchvision or timm, but the model has "
          + "\(nodes.count); use the weights of the same architecture.",
        modules.flatMap { $0.tensors.values.sorted { $0.name < $1.name } }, nodes.flatMap { table.entries(of: $0) })
    }
    for (module, node) in zip(modules, nodes) { pair(module, node, &mapping) }
  }

  private func pair(_ module: TorchModules.Module, _ node: Graph.Node, _ mapping: inout WeightMapping) {
    if let difference = difference(module, node) {
      let tensors = module.tensors.values.sorted { $0.name < $1.name }
      return mapping.add(problem: difference, tensors, Array(table.entries(of: node)))
    }
    let names =
      module.kind == .normalization
      ? ["weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"]
      : ["weight": node.layer is DepthwiseConv2D ? "depthwise_kernel" : "kernel", "bias": "bias"]
    let entries = table.entries(of: node)
    for (name, tensor) in module.tensors.sorted(by: { $0.key < $1.key }) {
      let wanted = names[name]!
      // Keras 3 calls the kernel of a depthwise convolution 'kernel'.
      guard
        let entry = entries.first(where: { $0.parameter.name == wanted })
          ?? entries.first(where: { wanted == "depthwise_kernel" && $0.parameter.name == "kernel" })
      else { continue }
      mapping.add(tensor, entry, .position, changes(tensor.shape, node, entry))
    }
    mapping.addUnused(among: module.tensors.values.sorted { $0.name < $1.name })
  }

  /// What makes of an array of PyTorch the variable that it becomes.
  func changes(_ shape: [Int], _ node: Graph.Node, _ entry: ParameterTable.Entry) -> [Rearrangement] {
    entry.parameter.name.hasSuffix("kernel") ? rearrangements(shape, node, entry) : []
  }

  /// In what a layer computes something else than PyTorch's module, as far as the file tells.
  private func difference(_ module: TorchModules.Module, _ node: Graph.Node) -> String? {
    let advice =
      modules.family == .timmsMobile
      ? "use Convoy's network for timm's weights: mobilenet_v2, efficientnet_b0 to b4, timm_efficientnet_b5 to b7, or "
        + "tf_efficientnet_b0 to b7 for the weights that timm calls so"
      : "use the network of that name that comes with Convoy"
    if let layer = node.layer as? Networks.BatchNormalization {
      guard !epsilons.contains(where: { abs(layer.epsilon - $0) < 1e-9 }) else { return nil }
      return "layer '\(node.name)' has the epsilon \(layer.epsilon), but '\(module.path)' of PyTorch has "
        + "\(epsilons[0]); \(advice)."
    }
    guard !isTensorFlows, padsUnevenly(node) else { return nil }
    return "layer '\(node.name)' pads one side more than the other, but '\(module.path)' of PyTorch pads all sides "
      + "alike; \(advice)."
  }

  /// timm's networks with `conv_stem` exist with the padding and the epsilon of TensorFlow too, under the same names.
  private var isTensorFlows: Bool { modules.family == .timmsMobile && graph.nodes.contains(where: padsUnevenly) }

  /// torchvision's EfficientNet has either, depending on its size.
  private var epsilons: [Double] {
    if isTensorFlows { return [1e-3] }
    return modules.family == .efficientNet ? [1e-5, 1e-3] : modules.family == .googLeNet ? [1e-3] : [1e-5]
  }

  private func padsUnevenly(_ node: Graph.Node) -> Bool {
    guard node.layer is Conv2D || node.layer is DepthwiseConv2D, let cells = graph.cellsOfPadding(around: node) else {
      return false
    }
    return cells[0] != cells[1] || cells[2] != cells[3]
  }

  private func rearrangements(
    _ shape: [Int], _ node: Graph.Node, _ entry: ParameterTable.Entry
  ) -> [Rearrangement] {
    let wanted = entry.parameter.shape
    switch (shape.count, wanted.count) {
    case (4, 4) where node.layer is DepthwiseConv2D:
      // Output channel = input channel * multiplier + m.
      return [.reshaped([wanted[2], wanted[3]] + shape.dropFirst(2)), .transposed([2, 3, 0, 1])].checked(shape)
    case (4, 4): return [.transposed([2, 3, 1, 0])]
    case (4, 2): return [.transposed([2, 3, 1, 0]), .reshaped([shape[1] * shape[2] * shape[3], shape[0]])]
    case (2, 4):
      // A dense layer as a convolution: PyTorch flattens what it reads channel by channel.
      return [.reshaped([shape[0], wanted[2], wanted[0], wanted[1]]), .transposed([2, 3, 1, 0])].checked(shape)
    case (2, 2):
      guard let flattened = flattened(before: node), flattened.count == shape[1] else { return [.transposed([1, 0])] }
      // PyTorch flattens channel by channel, Keras pixel by pixel.
      return [
        .reshaped([shape[0], flattened.channels, flattened.height, flattened.width]), .transposed([2, 3, 1, 0]),
        .reshaped([shape[1], shape[0]]),
      ]
    default: return []
    }
  }

  /// The shape of the images that are flattened to the inputs of a dense layer.
  private func flattened(before node: Graph.Node) -> (height: Int, width: Int, channels: Int, count: Int)? {
    var value = node.inputs[0]
    while true {
      let before = graph.nodes[value.node]
      guard let input = before.inputs.first else { return nil }
      if before.layer is Flatten {
        let shape = graph.shape(input)
        return shape.rank == 3 ? (shape.height, shape.width, shape.channels, shape.count) : nil
      }
      guard before.layer is Dropout || before.layer is Activation else { return nil }
      value = input
    }
  }

  /// Positions of the nodes with parameters, in the order of PyTorch's modules: the one convolution beside a residual
  /// block follows the block.
  private func orderedNodes() -> [Int] {
    var ancestors: [Set<Int>] = []
    var keys = graph.nodes.indices.map { ($0, 0) }
    for (index, node) in graph.nodes.enumerated() {
      ancestors.append(node.inputs.reduce(into: []) { $0.formUnion(ancestors[$1.node].union([$1.node])) })
      guard node.layer is Add, node.inputs.count == 2 else { continue }
      let sides = node.inputs.map { ancestors[$0.node].union([$0.node]) }
      let own = [sides[0].subtracting(sides[1]), sides[1].subtracting(sides[0])]
      let counts = own.map { side in side.filter { graph.nodes[$0].layer is Conv2D }.count }
      guard counts.min()! > 0, counts[0] != counts[1] else { continue }
      for shortcut in own[counts[0] < counts[1] ? 0 : 1] { keys[shortcut] = (index, shortcut - graph.nodes.count) }
    }
    return graph.nodes.indices.filter { !graph.nodes[$0].signature.parameters.isEmpty }.sorted { keys[$0] < keys[$1] }
  }
}

extension [Rearrangement] {
  /// Nothing where the first change of shape would not keep the number of elements: the shapes are then compared as
  /// they are.
  fileprivate func checked(_ shape: [Int]) -> [Rearrangement] {
    guard case .reshaped(let other)? = first else { return self }
    return other.reduce(1, *) == shape.reduce(1, *) ? self : []
  }
}
