/// A layer that does the work of a rectifier in front of it better than that itself.
protocol RectifierAbsorbing: Layer {
  /// The same layer for what has not gone through min(max(0, x), maximum), infinity standing for none; nil where there
  /// is none.
  func absorbing(rectifier maximum: Float) -> Self?
}
