public import Kernels
public import Tensors

/// The gradient of a convolution with respect to its input, as a layer, with bias and activation ("deconvolution"):
/// Keras's `Conv1DTranspose`, `Conv2DTranspose` and `Conv3DTranspose`.
///
/// (H, W, I) to (H', W', O); kernel (kh, kw, O, I):
///
///     y[h, w, o] = f(b[o] + sum over i, j, c, u, v with u*s + i*d - p = h and v*s + j*d - p = w of x[u, v, c] * k[i,
///     j, o, c])
///
/// With the kernel's extent e = d*(k-1) + 1, output sizes are n*s for `same` and n*s + max(e - s, 0) for `valid`; with
/// an output padding q they are (n-1)*s + e mod 2 + q and (n-1)*s + e + q. Of the cells that the kernels reach beyond
/// the output, half are before it, p, rounded down, as with the padding of a convolution from the output to the input.
/// Source: Keras's `BaseConvTranspose`; Dumoulin and Visin, "A guide to convolution arithmetic for deep learning",
/// 2016.
public struct ConvTranspose<Dimensions: SpatialDimensions>: Layer, ActivationEnding, ConvolutionLayer {
  public static var kerasName: String { "Conv\(Dimensions.suffix)Transpose" }

  public let filters: Int
  public let window: ConvolutionWindow
  /// Cells at the end of each axis beyond the smallest output; nil lets the strides decide.
  public let outputPadding: [Int]?
  public let usesBias: Bool
  public private(set) var activation: ActivationFunction
  private let kernelSettings: ParameterSettings
  private let biasSettings: ParameterSettings
  /// Those from which the shape chooses.
  var algorithms = Set(ConvolutionAlgorithm.allCases)
  /// From the output to the input, for the shape that the layer is bound to.
  private var convolution: Convolution?

  /// - Parameters:
  ///   - kernel, strides, dilation, outputPadding: one number for each axis.
  public init(
    _ filters: Int, kernel: [Int], strides: [Int] = Dimensions.all(1), padding: Padding = .valid,
    outputPadding: [Int]? = nil, dilation: [Int] = Dimensions.all(1), activation: ActivationFunction = .linear,
    usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    precondition(padding != .causal && outputPadding.map { $0.count == Dimensions.count } ?? true)
    window = ConvolutionWindow(
      kernel: kernel, strides: strides, dilation: dilation, padding: padding, axes: Dimensions.count)
    (self.filters, self.outputPadding, self.activation, self.usesBias) = (filters, outputPadding, activation, usesBias)
    kernelSettings = ParameterSettings(kernelInitializer, regularizer: kernelRegularizer)
    biasSettings = ParameterSettings(biasInitializer, regularizer: biasRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    filters = try configuration.integer("filters")
    window = try ConvolutionWindow(in: configuration, axes: Dimensions.count)
    outputPadding =
      configuration.value("output_padding") == .null
      ? nil : try configuration.integers("output_padding", count: Dimensions.count)
    activation = try configuration.activation()
    usesBias = try configuration.bool("use_bias", default: true)
    kernelSettings = try ParameterSettings("kernel", in: configuration, default: .glorotUniform)
    biasSettings = try ParameterSettings("bias", in: configuration, default: .zeros)
    // Keras 2 writes it, always 1.
    try configuration.expect("groups", among: [1])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = window.kerasConfiguration.merging([
      "filters": .integer(filters), "activation": activation.kerasConfiguration, "use_bias": .bool(usesBias),
    ]) { $1 }.describing(["kernel": kernelSettings, "bias": biasSettings])
    values["output_padding"] = outputPadding.map { JSONValue($0) }
    return values
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try Dimensions.input(inputs)
    try window.check(["filters": filters])
    for (padding, stride) in zip(outputPadding ?? [], window.strides) where !(0..<stride).contains(padding) {
      throw ShapeError(
        "has output_padding of \(padding) where strides are \(stride), but it must be at least 0 and less than the "
          + "strides."
      )
    }
    let sizes = outputSizes(input)
    guard sizes.allSatisfy({ $0 > 0 }) else {
      throw ShapeError("makes an empty image of \(input); use a larger kernel or output_padding.")
    }
    let output = Shape(sizes + [filters])
    try output.checkSize()
    let convolution = chosenConvolution(for: geometry(of: input))
    var signature = Signature(outputs: [output])
    signature.parameters = [Parameter("kernel", window.kernel + [filters, input.channels], kernelSettings)]
    if usesBias { signature.parameters.append(Parameter("bias", [filters], biasSettings)) }
    // The convolution runs the other way round: this layer's input is the gradient of its output.
    signature.inputBorder = convolution.outputGradientBorder
    signature.outputGradientBorder = convolution.inputBorder
    signature.backwardReads = .inputs
    signature.readsWhenFrozen = []
    signature.scratch = { convolution.scratchCount(lanes: $0) }
    signature.prepared = convolution.packedCount + filters
    signature.multiplications = convolution.geometry.multiplications
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.convolution = chosenConvolution(for: geometry(of: inputs[0]))
    return copy
  }

  public func prepare(_ pass: borrowing PreparePass) {
    let (packed, ones) = parts(pass.prepared)
    convolution!.pack(pass.parameters[0], into: packed, backward: true)
    ones.fill(1)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (packed, ones) = parts(pass.prepared)
    convolution!.inputGradient(
      outputGradient: pass.input, packed: packed, inputGradient: pass.output, scratch: pass.scratch)
    guard usesBias else { return }
    Elementwise.scaleAndShift(pass.output, scales: ones, offsets: pass.parameters[1], into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let (convolution, packed) = (convolution!, parts(pass.prepared).packed)
    if !pass.isFrozen {
      convolution.filterGradient(
        input: pass.outputGradient, outputGradient: pass.input, kernelGradient: pass.parameterGradient(0),
        scratch: pass.scratch)
      if usesBias {
        ChannelSums.of(pass.outputGradient, live: pass.outputGradient.lanes, into: pass.parameterGradient(1))
      }
    }
    if let inputGradient = pass.inputGradient {
      convolution.forward(
        input: pass.outputGradient, packed: packed, bias: nil, output: inputGradient, scratch: pass.scratch)
    }
  }

  /// The packed kernel, and a one for each filter.
  private func parts(_ prepared: Buffer) -> (packed: Buffer, ones: Buffer) {
    let count = prepared.count - filters
    return (prepared[0..<count], prepared[count..<prepared.count])
  }

  private func outputSizes(_ input: Shape) -> [Int] {
    (0..<Dimensions.count).map { axis in
      let (count, stride, extent) = (input.dimensions[axis], window.strides[axis], window.extents[axis])
      guard let outputPadding else {
        return count * stride + (window.padding == .same ? 0 : max(extent - stride, 0))
      }
      return (count - 1) * stride + (window.padding == .same ? extent % 2 : extent) + outputPadding[axis]
    }
  }

  /// The convolution from the output to the input.
  func geometry(of input: Shape) -> ConvolutionGeometry {
    let sizes = outputSizes(input)
    let added = (0..<Dimensions.count).map { axis in
      max(0, (input.dimensions[axis] - 1) * window.strides[axis] + window.extents[axis] - sizes[axis])
    }
    let margins = Margins(before: added.map { $0 / 2 }, after: added.map { $0 - $0 / 2 })
    return window.geometry(of: Shape(sizes + [filters]), filters: input.channels, groups: 1, margins: margins)
  }

  var linear: ConvTranspose {
    var copy = self
    copy.activation = .linear
    return copy
  }
}

public typealias Conv1DTranspose = ConvTranspose<OneDimension>
public typealias Conv2DTranspose = ConvTranspose<TwoDimensions>
public typealias Conv3DTranspose = ConvTranspose<ThreeDimensions>
