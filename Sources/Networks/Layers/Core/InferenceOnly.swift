/// A layer that may do something in training that is not supported.
protocol InferenceOnly: Layer {
  /// What that is and what to do about it, nil where there is nothing: "rotates images, ...; remove the layer".
  var obstacle: String? { get }
}
