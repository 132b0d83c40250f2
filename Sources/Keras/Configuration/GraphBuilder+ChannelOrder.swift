import Networks
import Tensors

/// Models that have their channels first somewhere: see `ChannelOrder`.
extension GraphBuilder {
  /// Appends a layer of a model that has its channels first somewhere.
  mutating func addTurned(
    _ entry: LayerEntry, call: Int, inputs: [Graph.Value], in frame: Frame
  ) throws(ImportError) -> [Graph.Value] {
    let adaptation = try ChannelOrder.adapt(entry, inputs: inputs.map(graph.shape), turned: inputs.map(turned.contains))
    let layer = try LayerRegistry.layer(
      entry.className,
      adaptation.values.filter { entry.ownValues.keys.contains($0.key) }
        .merging(["name": .string(entry.name)]) { _, new in new }, kerasVersion: kerasVersion, foreign: foreign)
    guard (layer as? Embedding)?.masksZero != true else {
      throw ImportError(
        "layer '\(entry.name)' (Embedding) makes masks in a model with channels first, which is not supported; set "
          + "mask_zero to false."
      )
    }
    var ordered: [Graph.Value] = []
    for input in inputs { ordered.append(try ordering(input, turned: adaptation.inputsAreTurned, in: frame)) }
    let first = try append(layer, entry, call: call, inputs: ordered, in: frame)
    let given = outputs(of: first)
    let made = graph.shape(first)
    try entry.checkOutput(adaptation.outputsAreTurned && made.rank > 1 ? made.movingLastAxisFirst : made)
    if adaptation.outputsAreTurned { turned.formUnion(given.filter { graph.shape($0).rank > 1 }) }
    return given
  }

  /// The value with its channels where they are wanted, behind a Permute where they are not.
  mutating func ordering(
    _ value: Graph.Value, turned isWanted: Bool, in frame: Frame
  ) throws(ImportError) -> Graph.Value {
    let rank = graph.shape(value).rank
    guard rank > 1, turned.contains(value) != isWanted else { return value }
    if let known = permuted[value] { return known }
    let name = "\(graph.localName(of: graph.nodes[value.node]))_channels_\(isWanted ? "last" : "first")"
    let layer = try LayerRegistry.layer(
      "Permute", ChannelOrder.permutation(rank: rank, turning: isWanted).asObject!, kerasVersion: kerasVersion)
    let role = Graph.Role(owner: frame.path + name, scope: frame.scope)
    let place = value.output == 0 ? name : "\(name)_\(value.output)"
    let new: Graph.Value
    do {
      new = try graph.append(layer, named: frame.callPath + place, inputs: [value], role: role)
    } catch {
      throw ImportError(error.description)
    }
    permuted[value] = new
    if isWanted { turned.insert(new) }
    return new
  }
}
