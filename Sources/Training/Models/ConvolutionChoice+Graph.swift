import Kernels
import Networks

extension Graph {
  /// The same graph with the algorithms of its convolutions chosen.
  func choosing(_ choice: Recipe.ConvolutionChoice) -> Graph {
    switch choice {
    case .automatic: self
    case .exact: choosing(among: [.direct, .lowered])
    case .direct: choosing(among: [.direct])
    case .lowered: choosing(among: [.lowered])
    case .winograd: choosing(among: [.winograd])
    }
  }
}
