import Kernels

/// An algorithm, and the registers for which its blocks are made.
enum ConvolutionVariant: String, Sendable {
  case direct16, direct8, lowered, winograd16, winograd8, blockedWinograd16, blockedWinograd8

  static let all: [ConvolutionVariant] = [
    .direct16, .direct8, .lowered, .winograd16, .winograd8, .blockedWinograd16, .blockedWinograd8,
  ]

  var algorithm: ConvolutionAlgorithm {
    switch self {
    case .direct16, .direct8: .direct
    case .lowered: .lowered
    case .winograd16, .winograd8: .winograd
    case .blockedWinograd16, .blockedWinograd8: .blockedWinograd
    }
  }

  var vectorFloats: Int { [.direct8, .winograd8, .blockedWinograd8].contains(self) ? 8 : 16 }
}
