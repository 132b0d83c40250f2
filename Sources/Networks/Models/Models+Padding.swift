import Kernels
import Tensors

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

  /// Largest values in windows by strides of 2 that cover the last cell too (PyTorch's `ceil_mode`), behind a ReLU:
  /// where a cell is missing, one of zeros, which are below nothing, is added at the end.
  static func pooledToTheEnd(_ size: Int, _ x: Symbol) -> Symbol {
    let shape = x.shape ?? [1, 1, 1]
    let missing = [shape.height, shape.width].map { $0 < size ? 0 : ($0 - size) % 2 }
    let whole =
      missing == [0, 0] ? x : ZeroPadding2D(top: 0, bottom: missing[0], left: 0, right: missing[1])(x)
    return MaxPooling2D(size, strides: 2)(whole)
  }

  /// Zeros in front of a convolution of stride 2 and padding 'valid', after which it sees what one with 'same' sees of
  /// an image whose size Keras does not know: Keras's `correct_pad`.
  static func correctlyPadded(kernel: Int, _ x: Symbol, name: String? = nil) -> Symbol {
    let shape = x.shape ?? [1, 1, 1]
    let after = [kernel / 2, kernel / 2]
    let before = [after[0] - (1 - shape.height % 2), after[1] - (1 - shape.width % 2)]
    return ZeroPadding2D(before: before, after: after)(x, name: name)
  }
}
