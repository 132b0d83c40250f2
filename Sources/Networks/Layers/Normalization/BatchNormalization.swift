import Kernels
public import Tensors

/// Batch normalisation over every axis but the channels (Ioffe and Szegedy, 2015). Any shape to the same shape.
///
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
///
/// In training, mean and (biased) variance are those of the shard, or of the whole batch with global normalisation; the
/// moving ones follow the moments pooled over all shards of a step: moving = moving * momentum + pooled * (1 -
/// momentum). At inference the moving ones are used. Backward, over n elements per channel and with x' = (x - mean) /
/// sqrt(variance + epsilon):
///
///     dbeta = sum dy,  dgamma = sum dy * x'
///     dx = gamma / sqrt(variance + epsilon) * (dy - dbeta / n - x' * dgamma / n)
///
/// Variables and defaults are Keras's: gamma, beta, moving_mean, moving_variance; momentum 0.99, epsilon 0.001. With
/// Keras's `renorm`, training is that of `BatchRenormalization`.
public struct BatchNormalization: Layer {
  public static let kerasName = "BatchNormalization"

  /// Which axis holds the channels, as Keras counts them: 0 is the batch, -1 the last.
  public let axis: Int
  public let momentum: Double
  public let epsilon: Double
  /// Nil where Keras's `scale` is false.
  public let gamma: ParameterSettings?
  /// Nil where Keras's `center` is false.
  public let beta: ParameterSettings?
  public let movingMeanInitializer: Initializer
  public let movingVarianceInitializer: Initializer
  /// What Keras says of replicas; here the run's `normalization` decides.
  private var isSynchronized = false
  /// Nil without Keras's `renorm`.
  private var renormalization: Renormalization?
  /// The axis of the input that the layer is bound to, counted from the last.
  private var fromEnd = 0
  /// The maximum of a rectifier behind the result, infinity standing for none: the planner puts a following ReLU here.
  private var maximum: Float?
  /// Whether it uses the moving statistics in training too, and leaves them alone: frozen, or called as at inference.
  private(set) var usesMovingStatistics = false

  public init(
    axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
    betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil
  ) {
    (self.axis, self.momentum, self.epsilon) = (axis, momentum, epsilon)
    gamma = scale ? ParameterSettings(gammaInitializer, regularizer: gammaRegularizer) : nil
    beta = center ? ParameterSettings(betaInitializer, regularizer: betaRegularizer) : nil
    (movingMeanInitializer, movingVarianceInitializer) = (.zeros, .ones)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    // Keras 2 writes a list of one.
    axis = try configuration.integers("axis", count: 1, default: -1)[0]
    momentum = try configuration.number("momentum", default: 0.99)
    epsilon = try configuration.number("epsilon", default: 1e-3)
    let parameters = try ScaleAndShift(configuration)
    (gamma, beta) = (parameters.gamma, parameters.beta)
    movingMeanInitializer = try Initializer("moving_mean_initializer", in: configuration, default: .zeros)
    movingVarianceInitializer = try Initializer("moving_variance_initializer", in: configuration, default: .ones)
    isSynchronized = try configuration.bool("synchronized", default: false)
    renormalization = try Renormalization.read(configuration)
    guard renormalization == nil || movingVarianceInitializer.root != nil else {
      throw ImportError(
        "layer '\(configuration.layerName)' (BatchNormalization): with renorm, 'moving_variance_initializer' must be "
          + "ones, zeros or a constant of at least 0, whose root moving_stddev and renorm_stddev begin with."
      )
    }
    try configuration.expect("virtual_batch_size", among: [])
    // A matter of speed.
    _ = configuration.value("fused")
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = ScaleAndShift(gamma: gamma, beta: beta).kerasConfiguration
    values["axis"] = .integer(axis)
    values["momentum"] = .number(momentum)
    values["epsilon"] = .number(epsilon)
    values["moving_mean_initializer"] = movingMeanInitializer.kerasConfiguration
    values["moving_variance_initializer"] = movingVarianceInitializer.kerasConfiguration
    if isSynchronized { values["synchronized"] = true }
    if let renormalization { values.merge(renormalization.kerasConfiguration) { $1 } }
    return values
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    let position = try input.positions(ofAxes: [axis])[0]
    guard input.rank < 4 || position != 2 else {
      throw ShapeError(
        "normalises along the width of volumes (axis \(axis) of \(input)), which is not supported; permute the axes "
          + "before it."
      )
    }
    let channels = input.dimensions[position]
    var signature = Signature(outputs: [input])
    if let gamma { signature.parameters.append(Parameter("gamma", [channels], gamma)) }
    if let beta { signature.parameters.append(Parameter("beta", [channels], beta)) }
    let statistics: Parameter.Kind = usesMovingStatistics ? .frozen : .moved
    signature.parameters.append(Parameter("moving_mean", [channels], movingMeanInitializer, kind: statistics))
    signature.parameters.append(Parameter("moving_variance", [channels], movingVarianceInitializer, kind: statistics))
    if renormalization != nil {
      let root = movingVarianceInitializer.root!
      for (name, initializer) in [
        ("moving_stddev", root), ("renorm_mean", movingMeanInitializer), ("renorm_stddev", root),
      ] {
        signature.parameters.append(Parameter(name, [channels], initializer, kind: statistics))
      }
    }
    signature.backwardReads = .inputs
    signature.isChannelwise = position == input.rank - 1 && (renormalization == nil || usesMovingStatistics)
    // In place only at inference: in training backward reads the input.
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    if usesMovingStatistics {
      signature.readsWhenFrozen = []
      // Sums that nobody but the gradients of gamma and beta need.
      signature.scratch = { _ in 2 * channels }
      return signature
    }
    signature.pooledChannels = channels
    // The variances that forward used, and what corrected them.
    let savedPerChannel = renormalization == nil ? 1 : BatchRenormalization.savedPerChannel
    signature.saved = { _ in savedPerChannel * channels }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.fromEnd = axis < 0 ? -1 - axis : inputs[0].rank - axis
    guard let renormalization, !usesMovingStatistics else { return copy }
    return BatchRenormalization(copy, renormalization)
  }

  public func atInference() -> any Layer {
    var copy = self
    copy.usesMovingStatistics = true
    return copy
  }

  public func frozen() -> any Layer { atInference() }

  func normalizesLastAxis(of shape: Shape) -> Bool { axis == -1 || axis == shape.rank }

  public func absorbing(_ next: any Layer, inputs: [Shape]) -> (any Layer)? {
    // Backward of a rectifier here would need the input, which this one lets go.
    guard !usesMovingStatistics else { return nil }
    guard let maximum = ActivationFunction.rectifierMaximum(of: next), self.maximum == nil else { return nil }
    var copy = self
    copy.maximum = maximum
    return copy
  }

  public func measure(_ pass: borrowing ForwardPass) {
    let moments = pass.moments
    Kernels.BatchNormalization.moments(
      pass.input, live: pass.live, mean: moments.means, squares: moments.squaredDeviations, axis: fromEnd)
    moments.counts.fill(Float(pass.live * pass.input.shape.count / moments.counts.count))
  }

  public func measureAndForward(_ pass: borrowing ForwardPass) {
    let channels = pass.block ?? 0..<pass.moments.counts.count
    let (moments, count) = (pass.moments[channels], pass.live * pass.input.shape.count / channels.count)
    kernel(pass.parameters, channels).measureAndApply(
      pass.input, live: pass.live, count: count, mean: moments.means, squares: moments.squaredDeviations,
      variance: pass.saved[channels], into: pass.output)
    moments.counts.fill(Float(count))
  }

  public func forward(_ pass: borrowing ForwardPass) {
    var (mean, variance) = movingStatistics(pass.parameters)
    let channels = pass.block ?? 0..<mean.count
    if pass.mode == .training, !usesMovingStatistics {
      (mean, variance) = (pass.moments.means, pass.saved)
      pass.moments[channels].writeVariances(into: variance[channels])
    }
    kernel(pass.parameters, channels).apply(
      pass.input, mean: mean[channels], variance: variance[channels], into: pass.output)
  }

  public func measureGradients(_ pass: borrowing BackwardPass) {
    let (channels, sums) = (channels(pass), sums(pass))
    kernel(pass.parameters, channels).sums(
      input: pass.input, gradient: pass.outputGradient, mean: pass.moments.means[channels],
      variance: pass.saved[channels],
      live: pass.live, gradientSum: sums.gradient, productSum: sums.product)
    keepSums(pass)
  }

  /// The channels of the pass.
  private func channels(_ pass: borrowing BackwardPass) -> Range<Int> { pass.block ?? 0..<pass.gradientSums.count / 2 }

  /// Of dy and of dy * x', for these channels.
  private func sums(_ pass: borrowing BackwardPass) -> (gradient: Buffer, product: Buffer) {
    let (all, channels) = (pass.gradientSums.count / 2, channels(pass))
    return (pass.gradientSums[channels], pass.gradientSums[all + channels.lowerBound..<all + channels.upperBound])
  }

  /// The sums of this shard, before they may be pooled, are its gradients.
  private func keepSums(_ pass: borrowing BackwardPass) {
    let (channels, sums) = (channels(pass), sums(pass))
    if gamma != nil { pass.parameterGradient(0)[channels].copy(from: sums.product) }
    if beta != nil { pass.parameterGradient(gamma == nil ? 0 : 1)[channels].copy(from: sums.gradient) }
  }

  public func measureGradientsAndBackward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return measureGradients(pass) }
    let (channels, sums) = (channels(pass), sums(pass))
    kernel(pass.parameters, channels).sumAndDifferentiate(
      input: pass.input, gradient: pass.outputGradient, mean: pass.moments.means[channels],
      variance: pass.saved[channels],
      live: pass.live, gradientSum: sums.gradient, productSum: sums.product, count: Int(pass.moments.counts[0]),
      into: inputGradient)
    keepSums(pass)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if usesMovingStatistics { return backwardWithMovingStatistics(pass) }
    guard let inputGradient = pass.inputGradient else { return }
    let (channels, sums) = (channels(pass), sums(pass))
    kernel(pass.parameters, channels).differentiate(
      input: pass.input, gradient: pass.outputGradient, mean: pass.moments.means[channels],
      variance: pass.saved[channels],
      live: pass.live, gradientSum: sums.gradient, productSum: sums.product, count: Int(pass.moments.counts[0]),
      into: inputGradient)
  }

  /// The statistics do not depend on the input: dx = gamma / sqrt(variance + epsilon) * dy.
  private func backwardWithMovingStatistics(_ pass: borrowing BackwardPass) {
    let dy = pass.outputGradient
    var (mean, variance) = movingStatistics(pass.parameters)
    let channels = pass.block ?? 0..<mean.count
    (mean, variance) = (mean[channels], variance[channels])
    let kernel = kernel(pass.parameters, channels)
    if !pass.isFrozen, gamma != nil || beta != nil {
      let sums = (pass.scratch[0..<mean.count], pass.scratch[mean.count..<2 * mean.count])
      kernel.sums(
        input: pass.input, gradient: dy, mean: mean, variance: variance, live: pass.live, gradientSum: sums.0,
        productSum: sums.1)
      if gamma != nil { pass.parameterGradient(0)[channels].copy(from: sums.1) }
      if beta != nil { pass.parameterGradient(gamma == nil ? 0 : 1)[channels].copy(from: sums.0) }
    }
    guard let inputGradient = pass.inputGradient else { return }
    // The kernel multiplies its input by zero: any finite numbers will do.
    kernel.differentiateFrozen(
      input: dy, gradient: dy, mean: mean, variance: variance, live: pass.live, into: inputGradient)
  }

  public func updateStates(_ pass: borrowing StatePass) {
    // Keras 3 keeps the biased variance.
    let batch = pass.scratch[0..<pass.moments.means.count]
    pass.moments.writeVariances(into: batch)
    Kernels.BatchNormalization.updateMoving(pass.states[0], with: pass.moments.means, momentum: Float(momentum))
    Kernels.BatchNormalization.updateMoving(pass.states[1], with: batch, momentum: Float(momentum))
  }

  /// Values of the batch have mean 0 and deviation 1 behind the normalisation in training. With the moving statistics
  /// their mean is s = (mean - moving_mean) / d and their deviation r = sqrt(variance + epsilon) / d, with
  /// d = sqrt(moving_variance + epsilon): the lag is sqrt(s^2 + (r - 1)^2), the mean over the channels.
  public func statisticsLag(_ pass: borrowing StatePass) -> StatisticsLag? {
    let (moments, movingMean, movingVariance) = (pass.moments, pass.states[0], pass.states[1])
    var sum = 0.0
    for channel in 0..<movingMean.count where moments.counts[channel] > 0 {
      let variance = Double(moments.squaredDeviations[channel] / moments.counts[channel])
      let moving = (Double(movingVariance[channel]) + epsilon).squareRoot()
      let shift = Double(moments.means[channel] - movingMean[channel]) / moving
      let stage = (variance + epsilon).squareRoot() / moving - 1
      sum += (shift * shift + stage * stage).squareRoot()
    }
    return StatisticsLag(deviations: sum / Double(movingMean.count), momentum: momentum)
  }

  func movingStatistics(_ parameters: [Buffer]) -> (mean: Buffer, variance: Buffer) {
    let first = (gamma == nil ? 0 : 1) + (beta == nil ? 0 : 1)
    return (parameters[first], parameters[first + 1])
  }

  /// - Parameter channels: nil for all.
  func kernel(_ parameters: [Buffer], _ channels: Range<Int>? = nil) -> Kernels.BatchNormalization {
    func part(_ index: Int) -> Buffer { parameters[index][channels ?? 0..<parameters[index].count] }
    return Kernels.BatchNormalization(
      gamma: gamma == nil ? nil : part(0), beta: beta == nil ? nil : part(gamma == nil ? 0 : 1),
      epsilon: Float(epsilon), maximum: maximum, axis: fromEnd)
  }
}

extension Initializer {
  /// The root of what it gives, where that is one number of at least 0.
  fileprivate var root: Initializer? {
    switch self {
    case .zeros, .ones: self
    case .constant(let value) where value >= 0: .constant(value.squareRoot())
    default: nil
    }
  }
}
