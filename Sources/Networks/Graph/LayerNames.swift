/// Names for layers that were given none, as Keras makes them: `conv2d`, `conv2d_1`, `batch_normalization`.
struct LayerNames {
  private var counts: [String: Int] = [:]

  mutating func next(for layer: any Layer, wanted: String?) -> String {
    if let wanted { return wanted }
    let base = (layer as? Operation)?.name ?? layer.kerasName.inSnakeCase
    let count = counts[base, default: 0]
    counts[base] = count + 1
    return count == 0 ? base : "\(base)_\(count)"
  }
}

extension String {
  /// Keras's `to_snake_case`: `Conv2D` is `conv2d`, `BatchNormalization` `batch_normalization`, `PReLU` `p_re_lu`.
  package var inSnakeCase: String {
    let characters = Array(filter { $0.isLetter || $0.isNumber || $0 == "_" })
    func isLowercase(_ place: Int) -> Bool {
      characters.indices.contains(place) && ("a"..."z").contains(characters[place])
    }
    var name = ""
    for (place, character) in characters.enumerated() {
      if place > 0, ("A"..."Z").contains(character), isLowercase(place - 1) || isLowercase(place + 1) { name += "_" }
      name.append(character)
    }
    return name.lowercased()
  }
}
