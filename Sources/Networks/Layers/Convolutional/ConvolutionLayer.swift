import Kernels

/// A layer whose shape chooses among algorithms of convolution.
protocol ConvolutionLayer: Layer {
  var algorithms: Set<ConvolutionAlgorithm> { get set }
}

extension ConvolutionLayer {
  func chosenConvolution(for geometry: ConvolutionGeometry) -> Convolution {
    Convolution(geometry, algorithm: Convolution.preferredAlgorithm(for: geometry, among: algorithms))
  }
}
