/// The preprocessing that a network wants of pixels, red, green and blue from 0 to 255:
/// the modes of Keras's `preprocess_input`.
public enum ImagePreprocessing: String, Hashable, Sendable, CaseIterable {
  /// Nothing: the network has layers for it.
  case none
  /// x / 127.5 - 1
  case tf
  /// Blue, green, red; less the mean colour 103.939, 116.779, 123.68.
  case caffe
  /// (x / 255 - mean) / deviation, with ImageNet's mean 0.485, 0.456, 0.406 and deviation 0.229, 0.224, 0.225.
  case torch
}
