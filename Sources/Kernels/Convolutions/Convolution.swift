public import Tensors

/// A convolution of a shard of images: forward, and the gradients of input, weights and bias. Formula:
/// `ConvolutionGeometry`.
///
/// Weights are rearranged once per step by `pack`. Nothing here allocates; results depend on
/// shapes, values and the kind of processor only. Gradients of the output must be zero in dead lanes, and inputs
/// finite.
public struct Convolution: Sendable {
  public let geometry: ConvolutionGeometry
  public let algorithm: ConvolutionAlgorithm
  /// What must lie, zero, around the input of `forward` and `filterGradient`.
  public let inputBorder: Border
  /// What must lie, zero, around the gradient of the output in `inputGradient`.
  public let outputGradientBorder: Border
  private let direct: DirectConvolution
  private let spread: SpreadGradient?
  private let lowered: LoweredConvolution
  private let winograd: WinogradConvolution

  /// - Parameter algorithm: one that supports the geometry.
  public init(_ geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm) {
    self.init(geometry, algorithm: algorithm, vectorFloats: Processor.vectorFloats)
  }

  /// With blocks for registers of another size than the processor's: slower, but right.
  package init(_ geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm, vectorFloats: Int) {
    precondition(algorithm.supports(geometry), "\(algorithm) does not compute \(geometry)")
    self.geometry = geometry
    self.algorithm = algorithm
    direct = DirectConvolution(geometry, vectorFloats: vectorFloats, isBlocked: algorithm == .blockedDirect)
    spread = SpreadGradient(geometry, vectorFloats: vectorFloats)
    lowered = LoweredConvolution(geometry)
    winograd = WinogradConvolution(geometry, vectorFloats: vectorFloats, algorithm: algorithm)
    let isDirect = algorithm == .direct || algorithm == .blockedDirect
    inputBorder = isDirect ? geometry.inputBorder : .none
    outputGradientBorder = isDirect ? geometry.outputGradientBorder : .none
  }

  /// The algorithms among which inference chooses: those whose rounding is at most about twice that of plain sums
  /// (decision 14).
  public static let forInference: Set<ConvolutionAlgorithm> = [
    .blockedDirect, .lowered, .blockedWinograd, .smallTileWinograd,
  ]

  /// The fastest algorithm for these shapes on this kind of processor: `winograd` and `direct` where they were
  /// measured.
  ///
  /// - Parameter allowed: those to choose from. Where none of them supports the geometry, all others are allowed.
  public static func preferredAlgorithm(
    for geometry: ConvolutionGeometry, among allowed: Set<ConvolutionAlgorithm> = Set(ConvolutionAlgorithm.allCases)
  ) -> ConvolutionAlgorithm {
    let possible = allowed.filter { $0.supports(geometry) }
    let hasVectors = Processor.vectorFloats >= 8
    let order: [ConvolutionAlgorithm] =
      (hasVectors ? [.direct, .blockedDirect, .lowered] : [.lowered, .direct, .blockedDirect])
      + [.winograd, .blockedWinograd, .smallTileWinograd]
    if possible.contains(.winograd) && hasVectors && WinogradConvolution.pays(for: geometry) { return .winograd }
    if possible.contains(.blockedWinograd) && hasVectors && WinogradConvolution.paysBlocked(for: geometry) {
      return .blockedWinograd
    }
    if possible.contains(.smallTileWinograd) && hasVectors
      && WinogradConvolution.paysInSmallTiles(for: geometry)
    {
      return .smallTileWinograd
    }
    return order.first { possible.contains($0) } ?? order[0]
  }

  /// Floats of the packed weights, for both directions.
  public var packedCount: Int {
    switch algorithm {
    case .direct, .blockedDirect: 2 * geometry.kernelCount
    case .lowered: geometry.kernelCount
    case .winograd, .blockedWinograd, .smallTileWinograd: winograd.packedCount
    }
  }

  /// Floats of scratch that each of `forward`, `inputGradient` and `filterGradient` needs.
  public func scratchCount(lanes: Int) -> Int {
    switch algorithm {
    case .direct, .blockedDirect: max(direct.scratchCount, spread?.scratchCount(lanes: lanes) ?? 0)
    case .lowered: lowered.scratchCount(lanes: lanes)
    case .winograd, .blockedWinograd: winograd.scratchCount(lanes: lanes)
    case .smallTileWinograd: max(winograd.scratchCount(lanes: lanes), lowered.scratchCount(lanes: lanes))
    }
  }

  /// - Parameters:
  ///   - kernel: in Keras's layout, `geometry.kernelCount` floats.
  ///   - packed: `packedCount` floats, for `forward` and `inputGradient` where these are true.
  public func pack(_ kernel: Buffer, into packed: Buffer, forward: Bool = true, backward: Bool) {
    check(kernel: kernel)
    check(packed: packed)
    switch algorithm {
    case .direct, .blockedDirect:
      if forward { direct.packForward(kernel, into: packed) }
      if backward { direct.packBackward(kernel, into: backwardHalf(of: packed)) }
    case .lowered: packed.copy(from: kernel)
    case .winograd, .blockedWinograd, .smallTileWinograd: winograd.pack(kernel, into: packed)
    }
  }

  /// Overwrites `output`, but never its border.
  ///
  /// - Parameters:
  ///   - live: how many lanes count, here and below: few of them may take less time. All unless given.
  ///   - packed: from `pack`.
  ///   - bias: one float per filter; nil for none.
  ///   - groups: those that the tensors hold, here and below, where `takesGroups`; nil for all. Everything else is that
  ///     of all groups.
  ///   - scratch: at least `scratchCount` floats.
  public func forward(
    input: Tensor, packed: Buffer, bias: Buffer?, ending: ConvolutionEnding = .none, output: Tensor, scratch: Buffer,
    live: Int? = nil, groups: Range<Int>? = nil
  ) {
    check(groups, input: input, inputBorder: inputBorder, output: output, scratch: scratch)
    check(packed: packed)
    precondition(bias.map { $0.count == geometry.filters } ?? true, "a bias for each of \(geometry.filters) filters")
    switch algorithm {
    case .direct, .blockedDirect:
      direct.forward(
        groups ?? allGroups, input: input, packed: packed, bias: bias, ending: ending, output: output,
        scratch: scratch)
    case .lowered:
      lowered.forward(input: input, kernel: packed, bias: bias, output: output, scratch: scratch)
      ending.apply(to: output)
    case .winograd, .blockedWinograd, .smallTileWinograd:
      winograd.forward(
        input: input, packed: packed, bias: bias, maximum: ending.maximum, output: output,
        scratch: scratch, live: live ?? input.lanes)
      if ending == .silu { ending.apply(to: output) }
    }
  }

  /// `inputGradient[j, c] = sum over t, o, i with i * s + t * l - p = j of kernel[t, c, o] * outputGradient[i, o]`.
  /// Overwrites `inputGradient`, but never its border.
  ///
  /// - Parameters:
  ///   - packed: from `pack`, for both directions.
  ///   - scratch: at least `scratchCount` floats.
  public func inputGradient(
    outputGradient: Tensor, packed: Buffer, inputGradient: Tensor, scratch: Buffer, live: Int? = nil,
    groups: Range<Int>? = nil
  ) {
    check(groups, input: inputGradient, output: outputGradient, outputBorder: outputGradientBorder, scratch: scratch)
    check(packed: packed)
    switch algorithm {
    case .direct, .blockedDirect:
      if let spread {
        return spread.inputGradient(
          outputGradient: outputGradient, packed: backwardHalf(of: packed), inputGradient: inputGradient,
          scratch: scratch)
      }
      direct.inputGradient(
        groups ?? allGroups, outputGradient: outputGradient, packed: backwardHalf(of: packed),
        inputGradient: inputGradient,
        scratch: scratch)
    case .lowered:
      lowered.inputGradient(
        outputGradient: outputGradient, kernel: packed, inputGradient: inputGradient, scratch: scratch)
    case .winograd, .blockedWinograd, .smallTileWinograd:
      winograd.inputGradient(
        outputGradient: outputGradient, packed: packed, inputGradient: inputGradient, scratch: scratch,
        live: live ?? outputGradient.lanes)
    }
  }

  /// `kernelGradient[t, c, o] = sum over lanes, i of outputGradient[i, o] * input[i * s + t * l - p, c]`. Overwrites
  /// `kernelGradient`.
  ///
  /// - Parameters:
  ///   - kernelGradient: in Keras's layout, `geometry.kernelCount` floats.
  ///   - scratch: at least `scratchCount` floats.
  public func filterGradient(
    input: Tensor, outputGradient: Tensor, kernelGradient: Buffer, scratch: Buffer, live: Int? = nil,
    groups: Range<Int>? = nil
  ) {
    check(groups, input: input, inputBorder: inputBorder, output: outputGradient, scratch: scratch)
    check(kernel: kernelGradient)
    switch algorithm {
    case .direct, .blockedDirect:
      direct.filterGradient(
        groups ?? allGroups, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        scratch: scratch)
    case .lowered, .smallTileWinograd:
      lowered.filterGradient(
        input: input, outputGradient: outputGradient, kernelGradient: kernelGradient, scratch: scratch)
    case .winograd, .blockedWinograd:
      winograd.filterGradient(
        input: input, outputGradient: outputGradient, kernelGradient: kernelGradient, scratch: scratch,
        live: live ?? input.lanes)
    }
  }

  /// `biasGradient[o] = sum over lanes, i of outputGradient[i, o]`. Overwrites `biasGradient`, one float per filter of
  /// the gradient.
  public func biasGradient(outputGradient: Tensor, into biasGradient: Buffer) {
    precondition(
      outputGradient.shape.channels == biasGradient.count,
      "\(biasGradient.count) floats for the bias of \(outputGradient.shape.channels) filters")
    ChannelSums.of(outputGradient, live: outputGradient.lanes, into: biasGradient)
  }

  private var allGroups: Range<Int> { 0..<geometry.groups }

  /// Whether some of the groups can be computed alone.
  public var takesGroups: Bool { isDirect }

  /// Whether every ending is applied to sums in registers or in the first-level cache, instead of in a pass of its own.
  public var endsInRegisters: Bool { isDirect }

  private var isDirect: Bool { algorithm == .direct || algorithm == .blockedDirect }

  private func backwardHalf(of packed: Buffer) -> Buffer { packed[geometry.kernelCount..<2 * geometry.kernelCount] }

  private func check(kernel: Buffer) {
    precondition(
      kernel.count == geometry.kernelCount, "\(kernel.count) weights for a kernel of \(geometry.kernelCount)")
  }

  private func check(packed: Buffer) {
    precondition(packed.count == packedCount, "\(packed.count) packed weights where \(packedCount) are needed")
  }

  private func check(
    _ groups: Range<Int>?, input: Tensor, inputBorder: Border = .none, output: Tensor, outputBorder: Border = .none,
    scratch: Buffer
  ) {
    precondition(groups == nil || takesGroups, "some groups of a convolution that takes all")
    check(input, geometry.input, channels: (groups ?? allGroups).count * geometry.inputChannelsPerGroup)
    check(output, geometry.output, channels: (groups ?? allGroups).count * geometry.filtersPerGroup)
    precondition(input.lanes == output.lanes, "\(input.lanes) lanes in, \(output.lanes) out")
    precondition(
      input.layout.border.union(inputBorder) == input.layout.border
        && output.layout.border.union(outputBorder) == output.layout.border,
      "a tensor without the border that the convolution reads")
    let needed = scratchCount(lanes: input.lanes)
    precondition(scratch.count >= needed, "\(scratch.count) floats of scratch where \(needed) are needed")
  }

  private func check(_ tensor: Tensor, _ shape: Shape, channels: Int) {
    precondition(
      tensor.shape.dimensions.dropLast() == shape.dimensions.dropLast() && tensor.shape.channels == channels,
      "a tensor of \(tensor.shape) for a convolution of \(shape)")
  }
}
