import Kernels

/// An algorithm, and the registers for which its blocks are made.
enum ConvolutionVariant: String, Sendable {
  case direct16, direct8, lowered, winograd16, winograd8

  static let all: [ConvolutionVariant] = [.direct16, .direct8, .lowered, .winograd16, .winograd8]

  var algorithm: ConvolutionAlgorithm {
    switch self {
    case .direct16, .direct8: .direct
    case .lowered: .lowered
    case .winograd16, .winograd8: .winograd
    }
  }

  var vectorFloats: Int { self == .direct8 || self == .winograd8 ? 8 : 16 }
}
