import Kernels

/// An algorithm, and the registers for which its blocks are made.
enum ConvolutionVariant: String, Sendable {
  case direct16, direct8, blockedDirect16, blockedDirect8, lowered, winograd16, winograd8
  case blockedWinograd16, blockedWinograd8
  case smallTileWinograd16, smallTileWinograd8

  static let all: [ConvolutionVariant] = [
    .direct16, .direct8, .blockedDirect16, .blockedDirect8, .lowered, .winograd16, .winograd8, .blockedWinograd16,
    .blockedWinograd8, .smallTileWinograd16, .smallTileWinograd8,
  ]

  var algorithm: ConvolutionAlgorithm {
    switch self {
    case .direct16, .direct8: .direct
    case .blockedDirect16, .blockedDirect8: .blockedDirect
    case .lowered: .lowered
    case .winograd16, .winograd8: .winograd
    case .blockedWinograd16, .blockedWinograd8: .blockedWinograd
    case .smallTileWinograd16, .smallTileWinograd8: .smallTileWinograd
    }
  }

  var vectorFloats: Int {
    [.direct8, .blockedDirect8, .winograd8, .blockedWinograd8, .smallTileWinograd8].contains(self) ? 8 : 16
  }
}
