/// Names for layers that were given none, as Keras makes them: `conv2d`, `conv2d_1`, `batch_normalization`.
struct LayerNames {
  private var counts: [String: Int] = [:]

  mutating func next(for layer: any Layer, wanted: String?) -> String {
    if let wanted { return wanted }
    let base = (layer as? Operation)?.name ?? LayerNames.snakeCase(layer.kerasName)
    let count = counts[base, default: 0]
    counts[base] = count + 1
    return count == 0 ? base : "\(base)_\(count)"
  }

  /// Keras's `to_snake_case`: `Conv2D` is `conv2d`, `BatchNormalization` `batch_normalization`, `ReLU` `re_lu`.
  static func snakeCase(_ name: String) -> String {
    name.replacing(/(.)([A-Z][a-z]+)/) { "\($0.1)_\($0.2)" }
      .replacing(/([a-z])([A-Z])/) { "\($0.1)_\($0.2)" }.lowercased()
  }
}
