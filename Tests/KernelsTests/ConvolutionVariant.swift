/// An algorithm, and the registers for which its blocks are made.
enum ConvolutionVariant: String, Sendable {
  case direct16, direct8, lowered

  static let all: [ConvolutionVariant] = [.direct16, .direct8, .lowered]
}
