import Kernels
public import Tensors

/// Batch normalisation over every axis but the channels (Ioffe and Szegedy, 2015). Any shape to the same shape.
///
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
///
/// In training, mean and (biased) variance are those of the shard, or of the whole batch with global normalisation; the moving ones
/// follow the moments pooled over all shards of a step: moving = moving * momentum + pooled * (1 - momentum). At inference the moving
/// ones are used. Backward, over n elements per channel and with x' = (x - mean) / sqrt(variance + epsilon):
///
///     dbeta = sum dy,  dgamma = sum dy * x'
///     dx = gamma / sqrt(variance + epsilon) * (dy - dbeta / n - x' * dgamma / n)
///
/// Variables and defaults are Keras's: gamma, beta, moving_mean, moving_variance; momentum 0.99, epsilon 0.001.
public struct BatchNormalization: Layer {
  public static let kerasName = "BatchNormalization"

  public let momentum: Double
  public let epsilon: Double
  /// Whether there is a beta.
  public let center: Bool
  /// Whether there is a gamma.
  public let scale: Bool
  public let betaInitializer: Initializer
  public let gammaInitializer: Initializer
  public let betaRegularizer: Regularizer?
  public let gammaRegularizer: Regularizer?
  /// Which axis a file says holds the channels, the batch axis counted; only the last one is supported.
  private var axis = -1
  /// The maximum of a rectifier behind the result, infinity standing for none: the planner puts a following ReLU here.
  private var maximum: Float?

  public init(
    momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
    betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil
  ) {
    (self.momentum, self.epsilon, self.center, self.scale) = (momentum, epsilon, center, scale)
    (self.betaInitializer, self.gammaInitializer) = (betaInitializer, gammaInitializer)
    (self.betaRegularizer, self.gammaRegularizer) = (betaRegularizer, gammaRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(
      momentum: try configuration.number("momentum", default: 0.99),
      epsilon: try configuration.number("epsilon", default: 1e-3), center: try configuration.bool("center", default: true),
      scale: try configuration.bool("scale", default: true),
      betaInitializer: try Initializer("beta_initializer", in: configuration, default: .zeros),
      gammaInitializer: try Initializer("gamma_initializer", in: configuration, default: .ones),
      betaRegularizer: try Regularizer.read("beta", in: configuration),
      gammaRegularizer: try Regularizer.read("gamma", in: configuration))
    // Keras 2 writes a list.
    axis = try configuration.integers("axis", count: 1, default: -1)[0]
    for key in ["renorm", "synchronized", "fused"] { try configuration.expect(key, among: [false]) }
    // Means nothing without renorm.
    _ = configuration.value("renorm_momentum")
    guard try Initializer("moving_mean_initializer", in: configuration, default: .zeros) == .zeros,
      try Initializer("moving_variance_initializer", in: configuration, default: .ones) == .ones
    else {
      throw ImportError("layer '\(configuration.layerName)' (BatchNormalization): moving statistics must start as zeros and ones; remove their initializers.")
    }
    try configuration.expectUnconstrained(["beta", "gamma"])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "axis": -1, "momentum": .number(momentum), "epsilon": .number(epsilon), "center": .bool(center), "scale": .bool(scale),
      "beta_initializer": betaInitializer.kerasConfiguration, "gamma_initializer": gammaInitializer.kerasConfiguration,
      "moving_mean_initializer": Initializer.zeros.kerasConfiguration,
      "moving_variance_initializer": Initializer.ones.kerasConfiguration,
    ].regularized(["beta": betaRegularizer, "gamma": gammaRegularizer])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    guard axis == -1 || axis == input.rank else {
      throw ShapeError("normalises axis \(axis) of \(input), but only the last axis is supported; build the model with channels last.")
    }
    let channels = input.channels
    var signature = Signature(outputs: [input])
    if scale {
      signature.parameters.append(Parameter("gamma", [channels], gammaInitializer, regularizer: gammaRegularizer))
    }
    if center { signature.parameters.append(Parameter("beta", [channels], betaInitializer, regularizer: betaRegularizer)) }
    signature.parameters.append(Parameter("moving_mean", [channels], .zeros, kind: .state))
    signature.parameters.append(Parameter("moving_variance", [channels], .ones, kind: .state))
    signature.backwardReads = .inputs
    // In place only at inference: in training backward reads the input.
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    signature.pooledChannels = channels
    // The variances that forward used.
    signature.saved = { _ in channels }
    return signature
  }

  public func absorbing(_ next: any Layer) -> (any Layer)? {
    guard let maximum = ActivationFunction.rectifierMaximum(of: next), self.maximum == nil else { return nil }
    var copy = self
    copy.maximum = maximum
    return copy
  }

  public func measure(_ pass: borrowing ForwardPass) {
    let moments = pass.moments
    Kernels.BatchNormalization.moments(pass.input, live: pass.live, mean: moments.means, squares: moments.squaredDeviations)
    let elements = pass.live * pass.input.layout.planeCount / pass.input.lanes
    moments.counts.fill(Float(elements))
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let states = pass.parameters.suffix(2)
    var (mean, variance) = (states[states.startIndex], states[states.startIndex + 1])
    if pass.mode == .training {
      (mean, variance) = (pass.moments.means, pass.saved)
      pass.moments.writeVariances(into: variance)
    }
    kernel(pass.parameters).apply(pass.input, mean: mean, variance: variance, into: pass.output)
  }

  public func measureGradients(_ pass: borrowing BackwardPass) {
    let channels = pass.input.shape.channels
    let sums = (pass.gradientSums[0..<channels], pass.gradientSums[channels..<2 * channels])
    kernel(pass.parameters).sums(
      input: pass.input, gradient: pass.outputGradient, mean: pass.moments.means, variance: pass.saved, live: pass.live,
      gradientSum: sums.0, productSum: sums.1)
    // The sums of this shard, before they may be pooled, are its gradients.
    if scale { pass.parameterGradient(0).copy(from: sums.1) }
    if center { pass.parameterGradient(scale ? 1 : 0).copy(from: sums.0) }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let channels = pass.input.shape.channels
    kernel(pass.parameters).differentiate(
      input: pass.input, gradient: pass.outputGradient, mean: pass.moments.means, variance: pass.saved, live: pass.live,
      gradientSum: pass.gradientSums[0..<channels], productSum: pass.gradientSums[channels..<2 * channels],
      count: Int(pass.moments.counts[0]), into: inputGradient)
  }

  public func updateStates(_ pass: borrowing StatePass) {
    // Keras 3 keeps the biased variance.
    let batch = pass.scratch[0..<pass.moments.means.count]
    pass.moments.writeVariances(into: batch)
    Kernels.BatchNormalization.updateMoving(pass.states[0], with: pass.moments.means, momentum: Float(momentum))
    Kernels.BatchNormalization.updateMoving(pass.states[1], with: batch, momentum: Float(momentum))
  }

  private func kernel(_ parameters: [Buffer]) -> Kernels.BatchNormalization {
    Kernels.BatchNormalization(
      gamma: scale ? parameters[0] : nil, beta: center ? parameters[scale ? 1 : 0] : nil, epsilon: Float(epsilon),
      maximum: maximum)
  }
}
