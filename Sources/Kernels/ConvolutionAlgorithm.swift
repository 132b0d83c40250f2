/// How a convolution is computed. Results agree up to rounding.
public enum ConvolutionAlgorithm: String, Sendable, CaseIterable {
  /// Sums of taps in registers. Reads taps beyond the edge from the tensors' zero borders.
  case direct
  /// Matrices of what each output reads, gathered block by block, and OpenBLAS. Needs no borders, but scratch.
  case lowered
}
