import Kernels
package import Networks

extension Graph {
  /// The same graph for a model that is run without being trained.
  package func choosingForInference(_ choice: Recipe.ConvolutionChoice) -> Graph {
    let chosen =
      switch choice {
      case .automatic: choosing(among: Convolution.forInference)
      case .exact: choosing(among: [.blockedDirect, .lowered])
      case .direct: choosing(among: [.blockedDirect])
      case .lowered, .winograd: choosing(choice)
      }
    return chosen.summingInBlocks
  }

  /// The same graph with the algorithms of its convolutions chosen.
  package func choosing(_ choice: Recipe.ConvolutionChoice) -> Graph {
    switch choice {
    case .automatic: self
    case .exact: choosing(among: [.direct, .lowered])
    case .direct: choosing(among: [.direct])
    case .lowered: choosing(among: [.lowered])
    case .winograd: choosing(among: [.winograd])
    }
  }
}
