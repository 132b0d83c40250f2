import Networks

/// The files beside the configuration in which Keras 3 keeps vocabularies that `adapt` has found:
/// `assets/layers/string_lookup/vocabulary.txt`, a key in each line, special ones first.
extension Graph {
  /// The same graph with the vocabularies of such files, for layers that have none in the configuration.
  ///
  /// - Parameters:
  ///   - files: texts by path.
  ///   - weights: of the keys, by the path of the layer in the file of weights.
  func taking(_ files: [String: String], _ weights: [String: StoredTensor]) throws(ImportError) -> Graph {
    guard !files.isEmpty else { return self }
    var layers: [String: any Layer] = [:]
    for (path, layer) in kerasLayers.placed(in: "layers") {
      guard let index = index(ofFirstCall: layer.path), let known = nodes[index].layer as? any VocabularyLayer,
        !known.isAdapted, let text = files["assets/\(path)/vocabulary.txt"]
      else { continue }
      var keys = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      // An empty line may be a key.
      while keys.last == "", keys.count > known.size ?? 0 { keys.removeLast() }
      let stored: [Float]
      do throws(KerasError) { stored = try weights[path]?.read() ?? [] } catch { throw ImportError(error.description) }
      layers[layer.path] = try known.with(
        vocabulary: keys, weights: stored, "layer '\(layer.name)' (\(layer.className))")
    }
    do throws(ShapeError) { return try replacing(layers) } catch { throw ImportError(error.description) }
  }
}

extension [KerasLayer] {
  /// The layers with the paths of their groups, those of nested models too.
  func placed(in group: String) -> [(path: String, layer: KerasLayer)] {
    zip(self, writtenGroupNames).flatMap { layer, name in
      layer.isModel ? layer.layers.placed(in: "\(group)/\(name)/layers") : [("\(group)/\(name)", layer)]
    }
  }
}
