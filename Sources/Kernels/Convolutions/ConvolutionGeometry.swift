public import Tensors

/// Which cells of the input a convolution multiplies with which weights, for one sample.
///
/// With strides s, dilation l, padding p in front of each axis, and C / G input channels per group:
///
///     output[i, o] = bias[o] + sum over t, c of kernel[t, c, o] * input[i * s + t * l - p, c + g * (C / G)]
///
/// where g = o / (O / G) rounded down, i and t run over depth, height and width, and cells outside of the input are
/// zero. The kernel has Keras's layout `(depth, height, width, C / G, O)`, row-major; axes that the input does not have
/// are absent, or 1, which is the same floats. Source: Keras's `Conv1D`, `Conv2D`, `Conv3D` (a cross-correlation: the
/// kernel is not mirrored).
public struct ConvolutionGeometry: Hashable, Sendable {
  public let input: Shape
  public let output: Shape
  public let kernel: Axes
  public let strides: Axes
  public let dilation: Axes
  public let groups: Int
  /// Cells of zeros in front of and behind each axis.
  public let paddingBefore: Axes, paddingAfter: Axes

  /// - Parameters:
  ///   - input: `(W, C)`, `(H, W, C)` or `(D, H, W, C)`; the kernel must fit into the padded input.
  ///   - filters: output channels, a multiple of `groups`, as are the input's channels.
  public init(
    input: Shape, filters: Int, kernel: Axes, strides: Axes = .one, dilation: Axes = .one, groups: Int = 1,
    paddingBefore: Axes = .zero, paddingAfter: Axes = .zero
  ) {
    precondition(
      (2...4).contains(input.rank), "a convolution of shape \(input): it needs one to three spatial axes, and channels")
    precondition(
      groups > 0 && filters > 0 && input.channels > 0 && filters % groups == 0 && input.channels % groups == 0,
      "\(input.channels) input channels and \(filters) filters in \(groups) groups")
    precondition(
      paddingBefore.allSatisfy { $0 >= 0 } && paddingAfter.allSatisfy { $0 >= 0 }, "a convolution with negative padding"
    )
    let size = Axes(input)
    let windows = Axes { axis in
      let count = size[axis] + paddingBefore[axis] + paddingAfter[axis]
      return Padding.valid.windows(over: count, size: kernel[axis], stride: strides[axis], dilation: dilation[axis])
        .count
    }
    precondition(
      windows.allSatisfy { $0 > 0 }, "a kernel of \(kernel) at dilation \(dilation) does not fit into \(input)")
    self.input = input
    (self.kernel, self.strides, self.dilation, self.groups) = (kernel, strides, dilation, groups)
    (self.paddingBefore, self.paddingAfter) = (paddingBefore, paddingAfter)
    output = Shape([windows.depth, windows.height, windows.width].suffix(input.rank - 1) + [filters])
    precondition(Axes(output) == windows, "a kernel of \(kernel) has more axes than \(input)")
  }

  /// With Keras's padding: the extra cell of `same` lies at the end.
  public init(
    input: Shape, filters: Int, kernel: Axes, strides: Axes = .one, dilation: Axes = .one, groups: Int = 1,
    padding: Padding
  ) {
    let size = Axes(input)
    let windows = (0..<3).map { axis in
      padding.windows(over: size[axis], size: kernel[axis], stride: strides[axis], dilation: dilation[axis])
    }
    self.init(
      input: input, filters: filters, kernel: kernel, strides: strides, dilation: dilation, groups: groups,
      paddingBefore: Axes { windows[$0].before }, paddingAfter: Axes { windows[$0].after })
  }

  public var filters: Int { output.channels }
  public var inputChannelsPerGroup: Int { input.channels / groups }
  public var filtersPerGroup: Int { filters / groups }

  /// Weights of the kernel, without bias.
  public var kernelCount: Int { kernel.count * inputChannelsPerGroup * filters }

  /// Multiplications (each with an addition) of one sample, taps on padding included.
  public var multiplications: Int { output.count * kernel.count * inputChannelsPerGroup }

  /// The cells around the input that some output reads as zero.
  public var inputBorder: Border { TapGrid.forward(self).border }

  /// The cells around the gradient of the output that the gradient of some input reads as zero.
  public var outputGradientBorder: Border {
    TapGrid.inputGradientPhases(self).reduce(.none) { $0.union($1.border) }
  }
}

extension Axes {
  /// The spatial size of a shape.
  init(_ shape: Shape) { self.init(depth: shape.depth, height: shape.height, width: shape.width) }
}
