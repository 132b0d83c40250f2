/// How a convolution is computed. Results agree up to rounding.
public enum ConvolutionAlgorithm: String, Sendable, CaseIterable {
  /// Sums of taps in registers. Reads taps beyond the edge from the tensors' zero borders.
  case direct
  /// The same, forward with sums of few products, which are then added (blocked summation), which round less.
  case blockedDirect
  /// Matrices of what each output reads, gathered block by block, and OpenBLAS. Needs no borders, but scratch.
  case lowered
  /// 4 x 4 outputs of a 3 x 3 kernel from 36 products instead of 144, after transforms. Needs no borders, but scratch.
  case winograd
  /// The same, forward with sums over 16 channels at a time (blocked summation), which round less.
  case blockedWinograd
  /// 2 x 2 outputs from 16 products instead of 36, after transforms that round no more than plain sums.
  case smallTileWinograd

  /// Whether this algorithm computes convolutions of these shapes.
  public func supports(_ geometry: ConvolutionGeometry) -> Bool {
    switch self {
    case .direct, .blockedDirect, .lowered: true
    case .winograd, .blockedWinograd, .smallTileWinograd: WinogradConvolution.supports(geometry)
    }
  }
}
