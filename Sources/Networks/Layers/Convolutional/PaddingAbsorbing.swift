/// A layer that can do the work of a zero padding in front of it without a larger copy of the image.
protocol PaddingAbsorbing: Layer {
  /// The same layer for the image without padding; nil where there is none.
  ///
  /// - Parameter isRectified: whether the image holds no negative numbers.
  func absorbing(_ margins: Margins, isRectified: Bool) -> Self?
}

/// A layer that puts zeros around images, and does nothing else.
protocol PaddingLayer: Layer {
  var margins: Margins { get }
}
