import Kernels
import Tensors

/// A `BatchNormalization` with Keras's `renorm` (Ioffe, "Batch Renormalization", 2017): in training it
/// corrects the batch by moving statistics, so that training and inference normalise alike; at inference it is a batch
/// normalisation.
///
///     y = gamma * (r * x' + d) + beta,  x' = (x - mean) / stddev,  stddev = sqrt(variance + epsilon)
///
/// with r and d of `Renormalization.correction` from mean and stddev of the shard, or of the whole batch with global
/// normalisation, and from renorm_mean and renorm_stddev. Backward takes r and d for constants, as the paper and Keras
/// do:
///
///     dbeta = sum dy,  dgamma = r * sum dy * x' + d * sum dy
///
/// and dx is that of a batch normalisation with gamma * r. After a step, with the moments pooled over all shards:
/// renorm_mean and renorm_stddev follow mean and stddev by renorm_momentum, moving_mean and moving_stddev by momentum,
/// and moving_variance is moving_stddev^2 - epsilon, at least 0.
struct BatchRenormalization: Layer {
  static let kerasName = BatchNormalization.kerasName
  let base: BatchNormalization
  let settings: Renormalization

  init(_ base: BatchNormalization, _ settings: Renormalization) { (self.base, self.settings) = (base, settings) }

  init(keras configuration: LayerConfiguration) throws(ImportError) {
    throw ImportError(
      "layer '\(configuration.layerName)': 'BatchRenormalization' is part of a BatchNormalization; name that, with "
        + "renorm."
    )
  }

  func kerasConfiguration() -> [String: JSONValue] { base.kerasConfiguration() }
  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { try base.signature(of: inputs) }

  /// Floats per channel from forward to backward: variance, r, d, gamma * r and gamma * d + beta.
  static let savedPerChannel = 5

  private struct Corrections {
    let variance: Buffer, scale: Buffer, shift: Buffer, gamma: Buffer, beta: Buffer

    init(_ saved: Buffer) {
      let count = saved.count / BatchRenormalization.savedPerChannel
      func part(_ index: Int) -> Buffer { saved[index * count..<(index + 1) * count] }
      (variance, scale, shift, gamma, beta) = (part(0), part(1), part(2), part(3), part(4))
    }
  }

  func measure(_ pass: borrowing ForwardPass) { base.measure(pass) }

  func forward(_ pass: borrowing ForwardPass) {
    guard pass.mode == .training else { return base.forward(pass) }
    let corrections = Corrections(pass.saved)
    pass.moments.writeVariances(into: corrections.variance)
    correct(corrections, pass)
    kernel(corrections, pass.parameters).apply(
      pass.input, mean: pass.moments.means, variance: corrections.variance, into: pass.output)
  }

  private func correct(_ corrections: Corrections, _ pass: borrowing ForwardPass) {
    let plain = base.kernel(pass.parameters)
    let (mean, deviation) = (pass.parameters[pass.parameters.count - 2], pass.parameters[pass.parameters.count - 1])
    for channel in 0..<mean.count {
      let (scale, shift) = settings.correction(
        mean: pass.moments.means[channel], deviation: (corrections.variance[channel] + plain.epsilon).squareRoot(),
        movingMean: mean[channel], movingDeviation: deviation[channel], epsilon: plain.epsilon)
      let gamma = plain.gamma?[channel] ?? 1
      (corrections.scale[channel], corrections.shift[channel]) = (scale, shift)
      corrections.gamma[channel] = gamma * scale
      corrections.beta[channel] = gamma * shift + (plain.beta?[channel] ?? 0)
    }
  }

  private func kernel(_ corrections: Corrections, _ parameters: [Buffer]) -> Kernels.BatchNormalization {
    var kernel = base.kernel(parameters)
    (kernel.gamma, kernel.beta) = (corrections.gamma, corrections.beta)
    return kernel
  }

  func measureGradients(_ pass: borrowing BackwardPass) {
    let corrections = Corrections(pass.saved)
    let channels = pass.gradientSums.count / 2
    let (sum, product) = (pass.gradientSums[0..<channels], pass.gradientSums[channels..<2 * channels])
    kernel(corrections, pass.parameters).sums(
      input: pass.input, gradient: pass.outputGradient, mean: pass.moments.means, variance: corrections.variance,
      live: pass.live, gradientSum: sum, productSum: product)
    // The sums of this shard, before they may be pooled, make its gradients.
    if base.gamma != nil {
      let gradient = pass.parameterGradient(0)
      for channel in 0..<channels {
        gradient[channel] = corrections.scale[channel] * product[channel] + corrections.shift[channel] * sum[channel]
      }
    }
    if base.beta != nil { pass.parameterGradient(base.gamma == nil ? 0 : 1).copy(from: sum) }
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let corrections = Corrections(pass.saved)
    let channels = pass.gradientSums.count / 2
    kernel(corrections, pass.parameters).differentiate(
      input: pass.input, gradient: pass.outputGradient, mean: pass.moments.means, variance: corrections.variance,
      live: pass.live, gradientSum: pass.gradientSums[0..<channels],
      productSum: pass.gradientSums[channels..<2 * channels],
      count: Int(pass.moments.counts[0]), into: inputGradient)
  }

  func updateStates(_ pass: borrowing StatePass) {
    let (states, epsilon) = (pass.states, Float(base.epsilon))
    let deviation = pass.scratch[0..<pass.moments.means.count]
    pass.moments.writeVariances(into: deviation)
    for channel in 0..<deviation.count { deviation[channel] = (deviation[channel] + epsilon).squareRoot() }
    func move(_ state: Int, with batch: Buffer, _ momentum: Double) {
      Kernels.BatchNormalization.updateMoving(states[state], with: batch, momentum: Float(momentum))
    }
    move(0, with: pass.moments.means, base.momentum)
    move(2, with: deviation, base.momentum)
    move(3, with: pass.moments.means, settings.momentum)
    move(4, with: deviation, settings.momentum)
    for channel in 0..<deviation.count {
      states[1][channel] = max(0, states[2][channel] * states[2][channel] - epsilon)
    }
  }
}
