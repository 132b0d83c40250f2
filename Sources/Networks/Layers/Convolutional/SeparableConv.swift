public import Kernels
public import Tensors

/// Convolution of every channel by itself, then of the channels at each position, with bias and activation: Keras's
/// `SeparableConv1D` and `SeparableConv2D`.
///
/// (H, W, C) to (H', W', O); depthwise kernel (kh, kw, C, m), pointwise kernel (1, 1, C * m, O):
///
///     z[h, w, c * m + k] = sum over i, j of x[h*s + i*d - p, w*s + j*d - p, c] * depthwise[i, j, c, k]
///     y[h, w, o] = f(b[o] + sum over e of z[h, w, e] * pointwise[e, o])
///
/// z is saved for backward. Source: Chollet, "Xception: deep learning with depthwise separable convolutions", 2017.
public struct SeparableConv<Dimensions: SpatialDimensions>: Layer, ActivationEnding, ConvolutionLayer {
  public static var kerasName: String { "SeparableConv\(Dimensions.suffix)" }

  public let filters: Int
  public let window: ConvolutionWindow
  /// Outputs of each channel, m.
  public let multiplier: Int
  public let usesBias: Bool
  public private(set) var activation: ActivationFunction
  private let depthwiseSettings: ParameterSettings
  private let pointwiseSettings: ParameterSettings
  private let biasSettings: ParameterSettings
  /// Those from which the shape chooses.
  var algorithms = Set(ConvolutionAlgorithm.allCases)
  /// For the shape that the layer is bound to.
  private var stages: Stages?

  /// - Parameters:
  ///   - kernel, strides, dilation: one number for each axis.
  public init(
    _ filters: Int, kernel: [Int], strides: [Int] = Dimensions.all(1), padding: Padding = .valid,
    dilation: [Int] = Dimensions.all(1), multiplier: Int = 1, activation: ActivationFunction = .linear,
    usesBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
    pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, pointwiseRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil
  ) {
    precondition(padding != .causal || Dimensions.count == 1, "causal padding is for sequences")
    window = ConvolutionWindow(
      kernel: kernel, strides: strides, dilation: dilation, padding: padding, axes: Dimensions.count)
    (self.filters, self.multiplier, self.activation, self.usesBias) = (filters, multiplier, activation, usesBias)
    depthwiseSettings = ParameterSettings(depthwiseInitializer, regularizer: depthwiseRegularizer)
    pointwiseSettings = ParameterSettings(pointwiseInitializer, regularizer: pointwiseRegularizer)
    biasSettings = ParameterSettings(biasInitializer, regularizer: biasRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    filters = try configuration.integer("filters")
    window = try ConvolutionWindow(in: configuration, axes: Dimensions.count, isCausal: Dimensions.count == 1)
    multiplier = try configuration.integer("depth_multiplier", default: 1)
    activation = try configuration.activation()
    usesBias = try configuration.bool("use_bias", default: true)
    depthwiseSettings = try ParameterSettings("depthwise", in: configuration, default: .glorotUniform)
    pointwiseSettings = try ParameterSettings("pointwise", in: configuration, default: .glorotUniform)
    biasSettings = try ParameterSettings("bias", in: configuration, default: .zeros)
    // Keras 2 writes what its convolutions have: one group, and settings of a kernel that this layer has not.
    try configuration.expect("groups", among: [1])
    for key in ["initializer", "regularizer", "constraint"] { _ = configuration.value("kernel_\(key)") }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    window.kerasConfiguration.merging([
      "filters": .integer(filters), "depth_multiplier": .integer(multiplier),
      "activation": activation.kerasConfiguration, "use_bias": .bool(usesBias),
    ]) { $1 }.describing(["depthwise": depthwiseSettings, "pointwise": pointwiseSettings, "bias": biasSettings])
  }

  /// The two convolutions, and what lies between them.
  private struct Stages: Sendable {
    let depthwise: Convolution, pointwise: Convolution

    /// The shape between them.
    var middle: Shape { depthwise.geometry.output }

    /// Memory of `middle` as the pointwise convolution takes it.
    func layout(lanes: Int) -> Layout { Layout(middle, lanes: lanes, border: pointwise.inputBorder) }

    /// Memory of the gradient of `middle` as the depthwise convolution takes it.
    func gradientLayout(lanes: Int) -> Layout { Layout(middle, lanes: lanes, border: depthwise.outputGradientBorder) }

    /// One tensor between the two, at the start, and then what either of them needs.
    func tensorCount(lanes: Int) -> Int { max(layout(lanes: lanes).count, gradientLayout(lanes: lanes).count) }
    func scratchCount(lanes: Int) -> Int {
      tensorCount(lanes: lanes) + max(depthwise.scratchCount(lanes: lanes), pointwise.scratchCount(lanes: lanes))
    }
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try Dimensions.input(inputs)
    try window.check(["filters": filters, "depth_multiplier": multiplier])
    try window.checkFit(input, margins: nil)
    let stages = stages(of: input)
    let (depthwise, pointwise, channels) = (stages.depthwise, stages.pointwise, input.channels)
    var signature = Signature(outputs: [pointwise.geometry.output])
    signature.parameters = [
      Parameter("depthwise_kernel", window.kernel + [channels, multiplier], depthwiseSettings),
      Parameter("pointwise_kernel", Dimensions.all(1) + [channels * multiplier, filters], pointwiseSettings),
    ]
    if usesBias { signature.parameters.append(Parameter("bias", [filters], biasSettings)) }
    signature.inputBorder = depthwise.inputBorder
    signature.outputGradientBorder = pointwise.outputGradientBorder
    signature.backwardReads = .inputs
    signature.readsWhenFrozen = []
    signature.saved = { stages.layout(lanes: $0).count }
    signature.scratch = { stages.scratchCount(lanes: $0) }
    signature.prepared = depthwise.packedCount + pointwise.packedCount
    signature.multiplications = depthwise.geometry.multiplications + pointwise.geometry.multiplications
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.stages = stages(of: inputs[0])
    return copy
  }

  public func prepare(_ pass: borrowing PreparePass) {
    let stages = stages!
    let count = stages.depthwise.packedCount
    stages.depthwise.pack(
      pass.parameters[0], into: pass.prepared[0..<count], forward: pass.forward, backward: pass.backward)
    stages.pointwise.pack(
      pass.parameters[1], into: pass.prepared[count..<pass.prepared.count], forward: pass.forward,
      backward: pass.backward)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (stages, lanes) = (stages!, pass.input.lanes)
    let count = stages.depthwise.packedCount
    let scratch = pass.scratch[stages.tensorCount(lanes: lanes)..<pass.scratch.count]
    let layout = stages.layout(lanes: lanes)
    let middle = Tensor(stages.middle, layout: layout, storage: pass.mode == .training ? pass.saved : pass.scratch)
    middle.zeroBorder()
    stages.depthwise.forward(
      input: pass.input, packed: pass.prepared[0..<count], bias: nil, output: middle, scratch: scratch)
    stages.pointwise.forward(
      input: middle, packed: pass.prepared[count..<pass.prepared.count], bias: usesBias ? pass.parameters[2] : nil,
      output: pass.output, scratch: scratch)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let (stages, lanes) = (stages!, pass.outputGradient.lanes)
    let count = stages.depthwise.packedCount
    let scratch = pass.scratch[stages.tensorCount(lanes: lanes)..<pass.scratch.count]
    if !pass.isFrozen {
      let middle = Tensor(stages.middle, layout: stages.layout(lanes: lanes), storage: pass.saved)
      stages.pointwise.filterGradient(
        input: middle, outputGradient: pass.outputGradient, kernelGradient: pass.parameterGradient(1), scratch: scratch)
      if usesBias {
        stages.pointwise.biasGradient(outputGradient: pass.outputGradient, into: pass.parameterGradient(2))
      }
    }
    let gradient = Tensor(stages.middle, layout: stages.gradientLayout(lanes: lanes), storage: pass.scratch)
    gradient.zeroBorder()
    stages.pointwise.inputGradient(
      outputGradient: pass.outputGradient, packed: pass.prepared[count..<pass.prepared.count], inputGradient: gradient,
      scratch: scratch)
    if !pass.isFrozen {
      stages.depthwise.filterGradient(
        input: pass.input, outputGradient: gradient, kernelGradient: pass.parameterGradient(0), scratch: scratch)
    }
    if let inputGradient = pass.inputGradient {
      stages.depthwise.inputGradient(
        outputGradient: gradient, packed: pass.prepared[0..<count], inputGradient: inputGradient, scratch: scratch)
    }
  }

  private func stages(of input: Shape) -> Stages {
    let depthwise = window.geometry(
      of: input, filters: input.channels * multiplier, groups: input.channels, margins: nil)
    let pointwise = ConvolutionGeometry(input: depthwise.output, filters: filters, kernel: .one)
    return Stages(depthwise: chosenConvolution(for: depthwise), pointwise: chosenConvolution(for: pointwise))
  }

  var linear: SeparableConv {
    var copy = self
    copy.activation = .linear
    return copy
  }
}

public typealias SeparableConv1D = SeparableConv<OneDimension>
public typealias SeparableConv2D = SeparableConv<TwoDimensions>
