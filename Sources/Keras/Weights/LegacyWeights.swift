import HDF5
import Networks

/// Weights by layer, as Keras 1 and 2 write them and `model.save("NAME.h5")` of Keras 3 does.
///
/// Layers and their weights are found by the names in the attributes `layer_names` and `weight_names`, never by listing
/// groups: a name may contain "/", and the order of `weight_names` says which weight is which.
struct LegacyWeights: Sendable {
  struct Layer: Sendable {
    let name: String
    let weightNames: [String]
    let tensors: [StoredTensor]
  }

  /// Those that have weights.
  let layers: [Layer]
  /// The first number of the version of Keras; 1 where there is none.
  let version: Int
  let backend: String?

  init(_ file: File) throws(KerasError) {
    var layers: [Layer] = []
    do {
      let isModel = try file.root.kind(of: "model_weights") == .group
      let group = isModel ? try file.root.group("model_weights") : file.root
      backend = try group.attributes.contains("backend") ? group.attributes.string("backend") : nil
      let version = try group.attributes.contains("keras_version") ? group.attributes.string("keras_version") : nil
      self.version = version.map { Int($0.prefix { $0 != "." }) ?? 3 } ?? 1
      guard let names = try group.attributes.names("layer_names") else {
        throw KerasError(
          file: file.path,
          "there are no weights in a form that is supported (no attribute 'layer_names'); save the model with "
            + "model.save('NAME.h5').")
      }
      for name in names {
        let layer = try LegacyWeights.layer(name, in: group)
        if !layer.tensors.isEmpty { layers.append(layer) }
      }
      // Variables that belong to the model itself.
      if try group.kind(of: "top_level_model_weights") == .group {
        let top = try LegacyWeights.layer("top_level_model_weights", in: group)
        if !top.tensors.isEmpty { layers.append(top) }
      }
    } catch {
      throw KerasError(file: file.path, any: error)
    }
    self.layers = layers
    for (kind, names) in [("layer_names", layers.map(\.name))] + layers.map({ ("weight_names", $0.weightNames) }) {
      guard Set(names).count == names.count else {
        let what = kind == "layer_names" ? "layer" : "weight"
        throw KerasError(
          file: file.path, "'\(kind)' lists a \(what) twice (\(names.brief)); the file is damaged: copy it again.")
      }
    }
  }

  private static func layer(_ name: String, in group: Group) throws(HDF5Error) -> Layer {
    let layer = try group.group(name)
    let names = try layer.attributes.names("weight_names") ?? []
    var tensors: [StoredTensor] = []
    for name in names { tensors.append(try StoredTensor(layer.dataset(name))) }
    return Layer(name: name, weightNames: names, tensors: tensors)
  }

  func map(onto model: [KerasLayer], _ table: ParameterTable, _ mapping: inout WeightMapping) {
    let holders = model.map { ($0, $0.ownedVariables(in: table)) }.filter { !$0.1.isEmpty }
    let pairs = LayerPairing.pairs(layers.map(\.name), holders.map(\.0.name))
    let kernels = KernelLayout(self, pairs.map { (layers[$0.stored], holders[$0.wanted].1) })
    let paired = Set(pairs.map(\.stored))
    for (index, layer) in layers.enumerated() where !paired.contains(index) {
      mapping.add(
        problem: "layer '\(layer.name)' is not in the model, whose layers with weights are "
          + "\(holders.map(\.0.name).brief); nor do positions match, with \(layers.count) such layers in the file and "
          + "\(holders.count) in the model: use the file that belongs to this model.", layer.tensors, [])
    }
    let names = Set(layers.map(\.name))
    for pair in pairs {
      VariablePairing(layers[pair.stored], among: names, holders[pair.wanted].1, pair.reason, kernels).map(&mapping)
    }
  }
}
