public import HDF5
import Networks

/// The weights in a Keras HDF5 file, of a whole model or without one (`model.save_weights` of Keras 1 and 2).
///
/// Layers and their weights are found by the names in the attributes `layer_names` and `weight_names`, never by listing
/// groups: a name may contain "/", and the order of `weight_names` says which weight is which.
public struct KerasWeights: Sendable {
  /// One layer that has weights.
  struct Layer {
    let name: String
    let group: Group
    let weightNames: [String]
  }

  let file: String
  let layers: [Layer]

  public init(reading path: String) throws(KerasError) { try self.init(File(keras: path)) }

  /// - Parameter file: an open file, which may hold other groups.
  public init(_ file: File) throws(KerasError) {
    self.file = file.path
    let (layers, backend) = try KerasError.catching { () throws(HDF5Error) -> ([Layer]?, String?) in
      let isModel = try file.root.kind(of: "model_weights") == .group
      let group = isModel ? try file.root.group("model_weights") : file.root
      let backend = try group.attributes.contains("backend") ? group.attributes.string("backend") : nil
      return (try KerasWeights.layers(of: group), backend)
    }
    guard let layers else {
      throw KerasError(
        file: file.path,
        "there are no weights in a form that is supported (no attribute 'layer_names'); save the model with "
          + "model.save('NAME.h5').")
    }
    guard backend != "theano" else {
      throw KerasError(
        file: file.path,
        "the weights were written with the Theano backend, whose kernels are mirrored; load the model into Keras 2 "
          + "with TensorFlow and save it again.")
    }
    self.layers = layers
  }

  private static func layers(of group: Group) throws(HDF5Error) -> [Layer]? {
    guard let names = try group.attributes.names("layer_names") else { return nil }
    var layers: [Layer] = []
    for name in names {
      let layer = try group.group(name)
      let weightNames = try layer.attributes.names("weight_names") ?? []
      if !weightNames.isEmpty { layers.append(Layer(name: name, group: layer, weightNames: weightNames)) }
    }
    return layers
  }
}
