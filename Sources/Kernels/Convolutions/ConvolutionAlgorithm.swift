/// How a convolution is computed. Results agree up to rounding.
public enum ConvolutionAlgorithm: String, Sendable, CaseIterable {
  /// Sums of taps in registers. Reads taps beyond the edge from the tensors' zero borders.
  case direct
  /// Matrices of what each output reads, gathered block by block, and OpenBLAS. Needs no borders, but scratch.
  case lowered
  /// 4 x 4 outputs of a 3 x 3 kernel from 36 products instead of 144, after transforms. Needs no borders, but scratch.
  case winograd
  /// The same, forward with sums over 16 channels at a time (blocked summation), which round less.
  case blockedWinograd

  /// Whether this algorithm computes convolutions of these shapes.
  public func supports(_ geometry: ConvolutionGeometry) -> Bool {
    switch self {
    case .direct, .lowered: true
    case .winograd, .blockedWinograd: WinogradConvolution.supports(geometry)
    }
  }
}
