internal import Tensors

/// Convolution by its definition: one sample in Keras's order (row-major, channels last), plain loops, double
/// precision. The tests' truth.
public enum ReferenceConvolution {
  /// `output[i, o] = bias[o] + sum of kernel[t, c, o] * input[i * s + t * l - p, c]`.
  public static func forward(_ geometry: ConvolutionGeometry, input: [Float], kernel: [Float], bias: [Float]?)
    -> [Double]
  {
    var output = [Double](repeating: 0, count: geometry.output.count)
    if let bias { for index in output.indices { output[index] = Double(bias[index % geometry.filters]) } }
    forEachProduct(geometry) { output[$2] += Double(kernel[$1]) * Double(input[$0]) }
    return output
  }

  /// The derivative of `sum of outputGradient * output` by the input.
  public static func inputGradient(_ geometry: ConvolutionGeometry, outputGradient: [Float], kernel: [Float])
    -> [Double]
  {
    var gradient = [Double](repeating: 0, count: geometry.input.count)
    forEachProduct(geometry) { gradient[$0] += Double(kernel[$1]) * Double(outputGradient[$2]) }
    return gradient
  }

  /// The derivative of `sum of outputGradient * output` by the kernel.
  public static func filterGradient(_ geometry: ConvolutionGeometry, input: [Float], outputGradient: [Float])
    -> [Double]
  {
    var gradient = [Double](repeating: 0, count: geometry.kernelCount)
    forEachProduct(geometry) { gradient[$1] += Double(input[$0]) * Double(outputGradient[$2]) }
    return gradient
  }

  /// The derivative of `sum of outputGradient * output` by the bias.
  public static func biasGradient(_ geometry: ConvolutionGeometry, outputGradient: [Float]) -> [Double] {
    var gradient = [Double](repeating: 0, count: geometry.filters)
    for (index, value) in outputGradient.enumerated() { gradient[index % geometry.filters] += Double(value) }
    return gradient
  }

  /// Calls `body` with the positions of input, weight and output of every product of the definition.
  @inline(__always)
  private static func forEachProduct(
    _ geometry: ConvolutionGeometry, _ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void
  ) {
    let (input, output, kernel) = (Axes(geometry.input), Axes(geometry.output), geometry.kernel)
    let (channels, filters) = (geometry.inputChannelsPerGroup, geometry.filtersPerGroup)
    forEachPosition(output) { outputIndex, position in
      forEachPosition(kernel) { tapIndex, tap in
        let cell = Axes {
          position[$0] * geometry.strides[$0] + tap[$0] * geometry.dilation[$0] - geometry.paddingBefore[$0]
        }
        guard cell.depth >= 0, cell.depth < input.depth, cell.height >= 0, cell.height < input.height, cell.width >= 0,
          cell.width < input.width
        else { return }
        let inputIndex = (cell.depth * input.height + cell.height) * input.width + cell.width
        for filter in 0..<geometry.filters {
          for channel in 0..<channels {
            body(
              inputIndex * geometry.input.channels + filter / filters * channels + channel,
              (tapIndex * channels + channel) * geometry.filters + filter, outputIndex * geometry.filters + filter)
          }
        }
      }
    }
  }

  @inline(__always)
  private static func forEachPosition(_ size: Axes, _ body: (_ index: Int, _ position: Axes) -> Void) {
    for depth in 0..<size.depth {
      for height in 0..<size.height {
        for width in 0..<size.width {
          body((depth * size.height + height) * size.width + width, Axes(depth: depth, height: height, width: width))
        }
      }
    }
  }
}
