import Kernels
import Networks

extension Graph {
  /// The same graph with the algorithm of its convolutions chosen.
  func choosing(_ choice: Recipe.ConvolutionChoice) -> Graph {
    switch choice {
    case .automatic: self
    case .direct: choosing(ConvolutionAlgorithm.direct)
    case .lowered: choosing(ConvolutionAlgorithm.lowered)
    }
  }
}
