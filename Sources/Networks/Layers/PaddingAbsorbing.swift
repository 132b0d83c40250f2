/// A layer that can do the work of a `ZeroPadding2D` in front of it without a larger copy of the image.
protocol PaddingAbsorbing: Layer {
  /// The same layer for the image without padding; nil where there is none.
  ///
  /// - Parameter isRectified: whether the image holds no negative numbers.
  func absorbing(_ padding: ZeroPadding2D, isRectified: Bool) -> Self?
}
