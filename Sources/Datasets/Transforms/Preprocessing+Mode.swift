extension Preprocessing.Mode {
  /// Scale and standardization that come to the same; of caffe for channels in the order BGR.
  var arithmetic: (scale: Double, standardization: Standardization) {
    switch self {
    case .tf: (1 / 127.5, Standardization(mean: [1], deviation: [1]))
    case .caffe: (1, Standardization(mean: [103.939, 116.779, 123.68], deviation: [1]))
    case .torch: (1 / 255.0, Standardization.named["imagenet"]!)
    case .none: (1, Standardization(mean: [0], deviation: [1]))
    }
  }

  package var reversesChannels: Bool { self == .caffe }
}
