public import Tensors

/// Samples whose axes are in another order than (height, width, channels), which Keras's arrays have and PyTorch's and
/// MATLAB's have not.
public enum AxisOrder {
  /// What to do where samples have the sizes that are wanted, in another order; nil where that is not what is wrong.
  public static func remedy(_ found: Shape, wanted: Shape) -> String? {
    guard found != wanted, found.rank == wanted.rank, found.rank > 1,
      found.dimensions.sorted() == wanted.dimensions.sorted()
    else { return nil }
    return isChannelsFirst(found)
      ? "the channels come first: store images as (N, height, width, channels), by numpy.transpose(images, (0, 2, 3, "
        + "1))"
      : "the axes are in another order: store images as (N, height, width, channels)"
  }

  /// Whether a picture of bytes has its channels first, as PyTorch has it.
  static func isChannelsFirst(_ shape: Shape) -> Bool {
    shape.rank == 3 && [1, 3].contains(shape.dimensions[0]) && shape.dimensions[1] > 4 && shape.dimensions[2] > 4
  }
}
