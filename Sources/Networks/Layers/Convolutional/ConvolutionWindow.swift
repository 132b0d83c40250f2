public import Kernels
import Tensors

/// The kernel of a convolution layer: how large it is, how it moves, what it meets at the ends of an axis. One number
/// for each spatial axis, in Keras's order.
public struct ConvolutionWindow: Hashable, Sendable {
  public let kernel: [Int]
  public let strides: [Int]
  /// Cells from one tap of the kernel to the next.
  public let dilation: [Int]
  public let padding: Padding

  init(kernel: [Int], strides: [Int], dilation: [Int], padding: Padding, axes: Int) {
    precondition(
      kernel.count == axes && strides.count == axes && dilation.count == axes, "a number for each of \(axes) axes")
    (self.kernel, self.strides, self.dilation, self.padding) = (kernel, strides, dilation, padding)
  }

  /// - Parameter isCausal: whether Keras's layer knows the padding 'causal'.
  init(in configuration: LayerConfiguration, axes: Int, isCausal: Bool = false) throws(ImportError) {
    self.init(
      kernel: try configuration.integers("kernel_size", count: axes),
      strides: try configuration.integers("strides", count: axes, default: 1),
      dilation: try configuration.integers("dilation_rate", count: axes, default: 1),
      padding: try configuration.padding(isCausal: isCausal), axes: axes)
    try configuration.expect("data_format", among: ["channels_last"])
  }

  var kerasConfiguration: [String: JSONValue] {
    [
      "kernel_size": JSONValue(kernel), "strides": JSONValue(strides), "padding": .string(padding.rawValue),
      "dilation_rate": JSONValue(dilation), "data_format": "channels_last",
    ]
  }

  /// Cells that the kernel spans along each axis.
  var extents: [Int] { zip(kernel, dilation).map { ($0 - 1) * $1 + 1 } }

  /// Refuses numbers with which nothing can be computed.
  ///
  /// - Parameters:
  ///   - counts: what else must be at least 1, by Keras's names.
  func check(_ counts: KeyValuePairs<String, Int> = [:]) throws(ShapeError) {
    let axes = [("kernel_size", kernel), ("strides", strides), ("dilation_rate", dilation)]
    let numbers = counts.map { ($0.key, $0.value) } + axes.flatMap { name, values in values.map { (name, $0) } }
    for (name, value) in numbers where !(1...ConvolutionWindow.limit).contains(value) {
      throw ShapeError("has \(name) of \(value), but it must be at least 1 and at most \(ConvolutionWindow.limit).")
    }
    for (name, values) in axes.prefix(2) where values.reduce(1, *) > ConvolutionWindow.limit {
      throw ShapeError("has \(name) of \(values), more than \(ConvolutionWindow.limit) cells; use smaller ones.")
    }
  }

  /// Beyond any network, and so small that products of three do not overflow.
  private static let limit = 1 << 20

  /// Refuses images into which the kernel does not fit.
  func checkFit(_ input: Shape, margins: Margins?) throws(ShapeError) {
    for axis in kernel.indices {
      let count = input.dimensions[axis] + (margins.map { $0.before[axis] + $0.after[axis] } ?? 0)
      let windows = padding.windows(over: count, size: kernel[axis], stride: strides[axis], dilation: dilation[axis])
      guard windows.count > 0 else {
        let size = kernel.map(String.init).joined(separator: "x")
        throw ShapeError("has a kernel of \(size) that does not fit \(input); use padding 'same' or a smaller kernel.")
      }
    }
  }

  /// - Parameter margins: zeros around the input, instead of `padding`.
  func geometry(of input: Shape, filters: Int, groups: Int, margins: Margins?) -> ConvolutionGeometry {
    let (kernel, strides, dilation) = (Axes(kernel), Axes(strides), Axes(dilation))
    guard let margins else {
      return ConvolutionGeometry(
        input: input, filters: filters, kernel: kernel, strides: strides, dilation: dilation, groups: groups,
        padding: padding)
    }
    return ConvolutionGeometry(
      input: input, filters: filters, kernel: kernel, strides: strides, dilation: dilation, groups: groups,
      paddingBefore: margins.axesBefore, paddingAfter: margins.axesAfter)
  }
}

extension LayerConfiguration {
  /// Keras's `padding` of a window.
  func padding(isCausal: Bool = false) throws(ImportError) -> Padding {
    let padding: Padding = try choice("padding", default: .valid)
    guard padding != .causal || isCausal else {
      throw ImportError("layer '\(layerName)' (\(className)): padding 'causal' is for Conv1D; use 'same' or 'valid'.")
    }
    return padding
  }
}
