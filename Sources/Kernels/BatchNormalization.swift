internal import CKernels
public import Tensors

/// Batch normalisation of every channel, or of every place along another axis, with given statistics, optionally followed by a rectifier in the same pass.
///
/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta (Ioffe and Szegedy, "Batch Normalization", ICML 2015).
/// Statistics, gamma and beta hold one value per channel. Where statistics come from is the caller's business: a shard,
/// all shards, or training.
public struct BatchNormalization: Sendable {
  /// nil stands for 1 and 0 (Keras's `scale` and `center` false).
  public var gamma: Buffer?, beta: Buffer?
  public var epsilon: Float
  /// Makes y min(max(0, y), maximum), infinity standing for none; backward then computes y again from x instead of
  /// reading it. Nil leaves y alone.
  public var maximum: Float?
  /// What counts as the channels: 0 the channels, 1 the width (but not of volumes), 2 the height, 3 the depth.
  public var axis: Int

  public init(gamma: Buffer?, beta: Buffer?, epsilon: Float, maximum: Float? = nil, axis: Int = 0) {
    (self.gamma, self.beta, self.epsilon, self.maximum) = (gamma, beta, epsilon, maximum)
    self.axis = axis
  }

  /// Mean and sum of squared deviations from it ("M2") over the live images and all positions of each channel; both 0
  /// without live images. Summed in doubles over at most 64 positions each, around a shift taken from the data.
  public static func moments(_ input: Tensor, live: Int, mean: Buffer, squares: Buffer, axis: Int = 0) {
    let layout = input.layout
    let count = layout.size(ofAxis: axis)
    precondition(live >= 0 && live <= layout.lanes && mean.count == count && squares.count == count)
    unsafe ck_moments(
      input.pointer, layout.strides(channelAxis: axis), layout.runs(channelAxis: axis), layout.lanes, live,
      mean.pointer, squares.pointer)
  }

  /// Writes y. `output` may be `input` where backward does not need x.
  public func apply(_ input: Tensor, mean: Buffer, variance: Buffer, into output: Tensor) {
    let runs = input.layout.runs(output.layout, channelAxis: axis)
    var values = unsafe values(mean, variance, channels: input.layout.size(ofAxis: axis))
    unsafe ck_normalize(&values, input.pointer, strides(input), output.pointer, strides(output), runs)
  }

  /// The sums that backward needs, which are also the gradients of beta and gamma: over live images and positions of
  /// each channel, sum of dy and sum of dy * (x - mean) / sqrt(variance + epsilon). With a
  /// `maximum`, dy counts where 0 < y < maximum.
  public func sums(
    input: Tensor, gradient: Tensor, mean: Buffer, variance: Buffer, live: Int, gradientSum: Buffer, productSum: Buffer
  ) {
    let channels = input.layout.size(ofAxis: axis)
    precondition(live >= 0 && live <= input.lanes && gradientSum.count == channels && productSum.count == channels)
    let runs = input.layout.runs(gradient.layout, channelAxis: axis)
    var values = unsafe values(mean, variance, channels: channels)
    unsafe ck_normalize_sums(
      &values, input.pointer, strides(input), gradient.pointer, strides(gradient), runs, input.lanes, live,
      gradientSum.pointer, productSum.pointer)
  }

  /// dx = gamma / sqrt(variance + epsilon) * (dy - gradientSum / count - xhat * productSum / count), where the
  /// statistics came from `count` elements per channel, to which the sums belong. Dead lanes become zero.
  /// `inputGradient` may be `gradient`.
  public func differentiate(
    input: Tensor, gradient: Tensor, mean: Buffer, variance: Buffer, live: Int, gradientSum: Buffer, productSum: Buffer,
    count: Int, into inputGradient: Tensor
  ) {
    let channels = input.layout.size(ofAxis: axis)
    precondition(gradientSum.count == channels && productSum.count == channels && (count > 0 || live == 0))
    unsafe differentiate(
      input, gradient, mean, variance, live, gradientSum.pointer, productSum.pointer, Double(count), inputGradient)
  }

  /// dx = gamma / sqrt(variance + epsilon) * dy, for statistics that do not depend on x (inference mode, frozen
  /// layers). Dead lanes become zero. `inputGradient` may be `gradient`.
  public func differentiateFrozen(
    input: Tensor, gradient: Tensor, mean: Buffer, variance: Buffer, live: Int, into inputGradient: Tensor
  ) {
    unsafe differentiate(input, gradient, mean, variance, live, nil, nil, 1, inputGradient)
  }

  private func differentiate(
    _ input: Tensor, _ gradient: Tensor, _ mean: Buffer, _ variance: Buffer, _ live: Int,
    _ gradientSum: UnsafePointer<Float>?, _ productSum: UnsafePointer<Float>?, _ count: Double, _ inputGradient: Tensor
  ) {
    precondition(live >= 0 && live <= input.lanes)
    let runs = input.layout.runs(gradient.layout, inputGradient.layout, channelAxis: axis)
    var values = unsafe values(mean, variance, channels: input.layout.size(ofAxis: axis))
    unsafe ck_normalize_backward(
      &values, input.pointer, strides(input), gradient.pointer, strides(gradient), inputGradient.pointer,
      strides(inputGradient), runs, input.lanes, live, gradientSum, productSum, count)
  }

  private func strides(_ tensor: Tensor) -> ck_strides { tensor.layout.strides(channelAxis: axis) }

  private func values(_ mean: Buffer, _ variance: Buffer, channels: Int) -> ck_normalization {
    precondition(mean.count == channels && variance.count == channels)
    precondition(gamma.map { $0.count == channels } ?? true && beta.map { $0.count == channels } ?? true)
    return unsafe ck_normalization(
      mean: mean.pointer, variance: variance.pointer, gamma: gamma?.pointer, beta: beta?.pointer, epsilon: epsilon,
      rectified: maximum == nil ? 0 : 1, maximum: maximum ?? .infinity)
  }

  /// moving = moving * momentum + batch * (1 - momentum).
  public static func updateMoving(_ moving: Buffer, with batch: Buffer, momentum: Float) {
    precondition(moving.count == batch.count)
    unsafe ck_average_moving(moving.pointer, batch.pointer, moving.count, momentum)
  }
}
