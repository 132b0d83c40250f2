public import Kernels
public import Tensors

/// Convolution over one to three spatial axes (cross-correlation, as everywhere in deep learning), with bias and
/// activation: Keras's `Conv1D`, `Conv2D` and `Conv3D`.
///
/// (H, W, I) to (H', W', O); kernel (kh, kw, I / groups, O):
///
///     y[h, w, o] = f(b[o] + sum over i, j, c of x[h*s + i*d - p, w*s + j*d - p, c] * k[i, j, c, o])
///
/// with one axis (W, I) and (k, I / groups, O), with three (D, H, W, I) and (kd, kh, kw, I / groups, O). Output sizes:
/// `same` ceil(n / s), the odd cell of padding at the end; `valid` floor((n - d*(k-1) - 1) / s) + 1; `causal`
/// (`Conv1D`) ceil(n / s), all padding in front. Defaults are Keras's.
public struct Conv<Dimensions: SpatialDimensions>: Layer, FusingConvolution {
  public static var kerasName: String { "Conv\(Dimensions.suffix)" }

  public let filters: Int
  public let window: ConvolutionWindow
  public let groups: Int
  public internal(set) var usesBias: Bool
  public internal(set) var activation: ActivationFunction
  private let kernelSettings: ParameterSettings
  private let biasSettings: ParameterSettings
  /// Those from which the shape chooses.
  var algorithms = Set(ConvolutionAlgorithm.allCases)
  var margins: Margins?
  var maximum: Float?
  var isSilu = false
  /// For the shape that the layer is bound to.
  private var bound: Convolution?
  private var pooled: PooledConvolution?
  /// A max pooling behind it, which the planner puts here.
  private var pooling: (window: PoolingWindow, limit: Float?)?

  /// - Parameters:
  ///   - kernel, strides, dilation: the same along all axes.
  public init(
    _ filters: Int, kernel: Int, strides: Int = 1, padding: Padding = .valid, dilation: Int = 1, groups: Int = 1,
    activation: ActivationFunction = .linear, usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    self.init(
      filters, kernel: Dimensions.all(kernel), strides: Dimensions.all(strides), padding: padding,
      dilation: Dimensions.all(dilation), groups: groups, activation: activation, usesBias: usesBias,
      kernelInitializer: kernelInitializer, biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
      biasRegularizer: biasRegularizer)
  }

  /// - Parameters:
  ///   - kernel, strides, dilation: one number for each axis.
  public init(
    _ filters: Int, kernel: [Int], strides: [Int] = Dimensions.all(1), padding: Padding = .valid,
    dilation: [Int] = Dimensions.all(1), groups: Int = 1, activation: ActivationFunction = .linear,
    usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    precondition(padding != .causal || Dimensions.count == 1, "causal padding is for sequences")
    window = ConvolutionWindow(
      kernel: kernel, strides: strides, dilation: dilation, padding: padding, axes: Dimensions.count)
    (self.filters, self.groups, self.activation, self.usesBias) = (filters, groups, activation, usesBias)
    kernelSettings = ParameterSettings(kernelInitializer, regularizer: kernelRegularizer)
    biasSettings = ParameterSettings(biasInitializer, regularizer: biasRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    filters = try configuration.integer("filters")
    window = try ConvolutionWindow(in: configuration, axes: Dimensions.count, isCausal: Dimensions.count == 1)
    groups = try configuration.integer("groups", default: 1)
    activation = try configuration.activation()
    usesBias = try configuration.bool("use_bias", default: true)
    kernelSettings = try ParameterSettings("kernel", in: configuration, default: .glorotUniform)
    biasSettings = try ParameterSettings("bias", in: configuration, default: .zeros)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    window.kerasConfiguration.merging([
      "filters": .integer(filters), "groups": .integer(groups), "activation": activation.kerasConfiguration,
      "use_bias": .bool(usesBias),
    ]) { $1 }.describing(["kernel": kernelSettings, "bias": biasSettings])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try Dimensions.input(inputs)
    try window.check(["filters": filters, "groups": groups])
    guard input.channels % groups == 0, filters % groups == 0 else {
      throw ShapeError(
        "cannot cut \(input.channels) channels and \(filters) filters into \(groups) groups; use a divisor of both.")
    }
    try window.checkFit(input, margins: margins)
    let convolution = convolution(for: input)
    var signature = Signature(outputs: [convolution.geometry.output])
    signature.parameters = [Parameter("kernel", window.kernel + [input.channels / groups, filters], kernelSettings)]
    if usesBias { signature.parameters.append(Parameter("bias", [filters], biasSettings)) }
    signature.inputBorder = convolution.inputBorder
    signature.outputGradientBorder = convolution.outputGradientBorder
    signature.backwardReads = maximum == nil ? .inputs : [.inputs, .outputs]
    signature.readsWhenFrozen = maximum == nil ? [] : .outputs
    signature.overwritesOutputGradient = maximum != nil
    signature.scratch = { convolution.scratchCount(lanes: $0) }
    signature.prepared = convolution.packedCount
    signature.multiplications = convolution.geometry.multiplications
    if let pooling {
      let pooled = PooledConvolution(convolution, pooling.window, limit: pooling.limit)
      signature.outputs = [pooled.output]
      signature.saved = { pooled.positionCount(lanes: $0) }
      signature.scratch = { pooled.scratchCount(lanes: $0) }
    }
    // A group is a channel then.
    signature.isChannelwise = groups == input.channels && filters == groups && convolution.takesGroups
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    let convolution = convolution(for: inputs[0])
    copy.bound = convolution
    copy.pooled = pooling.map { PooledConvolution(convolution, $0.window, limit: $0.limit) }
    return copy
  }

  public func absorbing(_ next: any Layer, inputs: [Shape]) -> (any Layer)? {
    if let layer = absorbing(rectifier: next) { return layer }
    guard let next = next as? MaxPooling2D, activation == .linear, maximum == nil, !isSilu, pooling == nil,
      PooledConvolution.pays(convolution(for: inputs[0]), next.window)
    else { return nil }
    var copy = self
    copy.pooling = (next.window, next.maximum)
    return copy
  }

  func absorbing(atInference next: any Layer, inputs: [Shape]) -> (any Layer)? {
    absorbing(silu: next, convolution(for: inputs[0]))
  }

  public func prepare(_ pass: borrowing PreparePass) {
    bound!.pack(pass.parameters[0], into: pass.prepared, forward: pass.forward, backward: pass.backward)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    if let pooled {
      return pooled.forward(
        input: pass.input, packed: pass.prepared, bias: usesBias ? pass.parameters[1] : nil, output: pass.output,
        positions: pass.mode == .training ? pass.saved : nil, scratch: pass.scratch, live: pass.live)
    }
    bound!.forward(
      input: pass.input, packed: pass.prepared, bias: usesBias ? pass.parameters[1] : nil,
      ending: ending, output: pass.output, scratch: pass.scratch, live: pass.live, groups: pass.block)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if let pooled {
      return pooled.backward(
        input: pass.isFrozen ? nil : pass.input, outputGradient: pass.outputGradient, positions: pass.saved,
        packed: pass.prepared, kernelGradient: pass.isFrozen ? nil : pass.parameterGradient(0),
        biasGradient: usesBias && !pass.isFrozen ? pass.parameterGradient(1) : nil, inputGradient: pass.inputGradient,
        scratch: pass.scratch, live: pass.live)
    }
    let convolution = bound!
    let biasGradient = usesBias && !pass.isFrozen ? pass.parameterGradient(1)[pass.block ?? 0..<filters] : nil
    if let maximum {
      ChannelSums.close(pass.outputGradient, of: pass.output, maximum: maximum, sums: biasGradient)
    } else if let biasGradient {
      convolution.biasGradient(outputGradient: pass.outputGradient, into: biasGradient)
    }
    if !pass.isFrozen {
      convolution.filterGradient(
        input: pass.input, outputGradient: pass.outputGradient, kernelGradient: pass.parameterGradient(0),
        scratch: pass.scratch, live: pass.live, groups: pass.block)
    }
    if let inputGradient = pass.inputGradient {
      convolution.inputGradient(
        outputGradient: pass.outputGradient, packed: pass.prepared, inputGradient: inputGradient,
        scratch: pass.scratch, live: pass.live, groups: pass.block)
    }
  }

  func convolution(for input: Shape) -> Convolution { chosenConvolution(for: geometry(of: input)) }

  /// What is computed for images of a shape that fits.
  public func geometry(of input: Shape) -> ConvolutionGeometry {
    window.geometry(of: input, filters: filters, groups: groups, margins: margins)
  }
}

public typealias Conv1D = Conv<OneDimension>
public typealias Conv2D = Conv<TwoDimensions>
public typealias Conv3D = Conv<ThreeDimensions>
