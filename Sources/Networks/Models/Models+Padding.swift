import Kernels

extension Models {
  /// A convolution with as many cells of padding on either side, as PyTorch pads. At stride 1 and with a kernel of
  /// `2 * cells + 1` that is Keras's 'same'; otherwise 'same' would put the odd cell at the end, and a `ZeroPadding2D`
  /// goes in front, which the planner joins with the convolution.
  static func padded(
    _ cells: Int, strides: Int, _ x: Symbol, _ convolution: (_ padding: Padding, _ x: Symbol) -> Symbol
  ) -> Symbol {
    if cells == 0 { return convolution(.valid, x) }
    return strides == 1 ? convolution(.same, x) : convolution(.valid, ZeroPadding2D(cells)(x))
  }
}
