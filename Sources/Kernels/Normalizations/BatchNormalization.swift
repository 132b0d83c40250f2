internal import CKernels
public import Tensors

/// Batch normalisation of every channel, or of every place along another axis, with given statistics, optionally
/// followed by a rectifier in the same pass.
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
    let count = input.layout.size(ofAxis: axis)
    precondition(live >= 0 && live <= input.lanes && mean.count == count && squares.count == count)
    moments(input, live, mean, squares, axis, 0..<count)
  }

  /// Writes y. `output` may be `input` where backward does not need x.
  public func apply(_ input: Tensor, mean: Buffer, variance: Buffer, into output: Tensor) {
    apply(input, mean, variance, output, 0..<input.layout.size(ofAxis: axis))
  }

  /// `moments`, and `apply` with them, a few channels at a time: x is read from memory once. Writes the variances too.
  ///
  /// - Parameter count: elements behind each mean.
  public func measureAndApply(
    _ input: Tensor, live: Int, count: Int, mean: Buffer, squares: Buffer, variance: Buffer, into output: Tensor
  ) {
    precondition(live >= 0 && live <= input.lanes && squares.count == input.layout.size(ofAxis: axis))
    forEachBlock(of: input.layout) { block in
      Self.moments(input, live, mean, squares, axis, block)
      for channel in block { variance[channel] = count > 0 ? squares[channel] / Float(count) : 0 }
      apply(input, mean, variance, output, block)
    }
  }

  /// The sums that backward needs, which are also the gradients of beta and gamma: over live images and positions of
  /// each channel, sum of dy and sum of dy * (x - mean) / sqrt(variance + epsilon). With a
  /// `maximum`, dy counts where 0 < y < maximum.
  public func sums(
    input: Tensor, gradient: Tensor, mean: Buffer, variance: Buffer, live: Int, gradientSum: Buffer, productSum: Buffer
  ) {
    let channels = input.layout.size(ofAxis: axis)
    precondition(live >= 0 && live <= input.lanes && gradientSum.count == channels && productSum.count == channels)
    sums(input, gradient, mean, variance, live, gradientSum, productSum, 0..<channels)
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
    differentiate(
      input, gradient, mean, variance, live, (gradientSum, productSum), Double(count), inputGradient, 0..<channels)
  }

  /// `sums`, and `differentiate` with them, a few channels at a time: x and dy are read from memory once.
  public func sumAndDifferentiate(
    input: Tensor, gradient: Tensor, mean: Buffer, variance: Buffer, live: Int, gradientSum: Buffer, productSum: Buffer,
    count: Int, into inputGradient: Tensor
  ) {
    let channels = input.layout.size(ofAxis: axis)
    precondition(live >= 0 && live <= input.lanes && gradientSum.count == channels && productSum.count == channels)
    precondition(count > 0 || live == 0)
    forEachBlock(of: input.layout) { block in
      sums(input, gradient, mean, variance, live, gradientSum, productSum, block)
      differentiate(
        input, gradient, mean, variance, live, (gradientSum, productSum), Double(count), inputGradient, block)
    }
  }

  /// dx = gamma / sqrt(variance + epsilon) * dy, for statistics that do not depend on x (inference mode, frozen
  /// layers). Dead lanes become zero. `inputGradient` may be `gradient`.
  public func differentiateFrozen(
    input: Tensor, gradient: Tensor, mean: Buffer, variance: Buffer, live: Int, into inputGradient: Tensor
  ) {
    differentiate(
      input, gradient, mean, variance, live, nil, 1, inputGradient, 0..<input.layout.size(ofAxis: axis))
  }

  /// As many channels at a time as a quarter of a second-level cache of 1 MB holds, and at least one.
  private func forEachBlock(of layout: Layout, _ body: (Range<Int>) -> Void) {
    let channels = layout.size(ofAxis: axis)
    let bytes = layout.count / channels * MemoryLayout<Float>.stride
    let limit = max(1, (256 << 10) / bytes)
    for first in stride(from: 0, to: channels, by: limit) { body(first..<min(first + limit, channels)) }
  }

  private static func moments(
    _ input: Tensor, _ live: Int, _ mean: Buffer, _ squares: Buffer, _ axis: Int, _ channels: Range<Int>
  ) {
    let (strides, first) = (input.layout.strides(channelAxis: axis), channels.lowerBound)
    var runs = input.layout.runs(channelAxis: axis)
    runs.channels = channels.count
    unsafe ck_moments(
      input.pointer + first * strides.channel, strides, runs, input.lanes, live, mean.pointer + first,
      squares.pointer + first)
  }

  private func apply(
    _ input: Tensor, _ mean: Buffer, _ variance: Buffer, _ output: Tensor, _ channels: Range<Int>
  ) {
    let (from, to, first) = (strides(input), strides(output), channels.lowerBound)
    var runs = input.layout.runs(output.layout, channelAxis: axis)
    runs.channels = channels.count
    var values = unsafe values(mean, variance, input.layout, first)
    unsafe ck_normalize(
      &values, input.pointer + first * from.channel, from, output.pointer + first * to.channel, to, runs,
      output.isStreamed && output.pointer != input.pointer ? 1 : 0)
  }

  private func sums(
    _ input: Tensor, _ gradient: Tensor, _ mean: Buffer, _ variance: Buffer, _ live: Int, _ gradientSum: Buffer,
    _ productSum: Buffer, _ channels: Range<Int>
  ) {
    let (x, dy, first) = (strides(input), strides(gradient), channels.lowerBound)
    var runs = input.layout.runs(gradient.layout, channelAxis: axis)
    runs.channels = channels.count
    var values = unsafe values(mean, variance, input.layout, first)
    unsafe ck_normalize_sums(
      &values, input.pointer + first * x.channel, x, gradient.pointer + first * dy.channel, dy, runs, input.lanes, live,
      gradientSum.pointer + first, productSum.pointer + first)
  }

  private func differentiate(
    _ input: Tensor, _ gradient: Tensor, _ mean: Buffer, _ variance: Buffer, _ live: Int,
    _ sums: (gradient: Buffer, product: Buffer)?, _ count: Double, _ inputGradient: Tensor, _ channels: Range<Int>
  ) {
    precondition(live >= 0 && live <= input.lanes)
    let (x, dy, dx, first) = (strides(input), strides(gradient), strides(inputGradient), channels.lowerBound)
    var runs = input.layout.runs(gradient.layout, inputGradient.layout, channelAxis: axis)
    runs.channels = channels.count
    var values = unsafe values(mean, variance, input.layout, first)
    unsafe ck_normalize_backward(
      &values, input.pointer + first * x.channel, x, gradient.pointer + first * dy.channel, dy,
      inputGradient.pointer + first * dx.channel, dx, runs, input.lanes, live,
      sums.map { unsafe UnsafePointer($0.gradient.pointer + first) },
      sums.map { unsafe UnsafePointer($0.product.pointer + first) }, count,
      inputGradient.isStreamed && inputGradient.pointer != gradient.pointer ? 1 : 0)
  }

  private func strides(_ tensor: Tensor) -> ck_strides { tensor.layout.strides(channelAxis: axis) }

  /// From channel `first` on.
  private func values(_ mean: Buffer, _ variance: Buffer, _ layout: Layout, _ first: Int) -> ck_normalization {
    let channels = layout.size(ofAxis: axis)
    precondition(mean.count == channels && variance.count == channels)
    precondition(gamma.map { $0.count == channels } ?? true && beta.map { $0.count == channels } ?? true)
    return unsafe ck_normalization(
      mean: mean.pointer + first, variance: variance.pointer + first,
      gamma: gamma.map { unsafe UnsafePointer($0.pointer + first) },
      beta: beta.map { unsafe UnsafePointer($0.pointer + first) }, epsilon: epsilon,
      rectified: maximum == nil ? 0 : 1, maximum: maximum ?? .infinity)
  }

  /// Makes the normalisation part of the layer before it: kernel' = kernel * s and bias' = (bias - mean) * s + beta
  /// with s = gamma / sqrt(variance + epsilon). The last axis of the kernel is that of the channels.
  public func fold(
    kernel: Buffer, bias: Buffer?, mean: Buffer, variance: Buffer, into foldedKernel: Buffer, _ foldedBias: Buffer
  ) {
    let channels = mean.count
    precondition(kernel.count == foldedKernel.count && kernel.count % channels == 0 && foldedBias.count == channels)
    precondition(variance.count == channels && bias.map { $0.count == channels } ?? true)
    // The bias holds the scales until the kernel is done.
    for channel in 0..<channels {
      let gamma = gamma.map { Double($0[channel]) } ?? 1
      foldedBias[channel] = Float(gamma / (Double(variance[channel]) + Double(epsilon)).squareRoot())
    }
    let (source, target, scales) = unsafe (kernel.pointer, foldedKernel.pointer, foldedBias.pointer)
    for row in stride(from: 0, to: kernel.count, by: channels) {
      for channel in 0..<channels { unsafe target[row + channel] = source[row + channel] * scales[channel] }
    }
    for channel in 0..<channels {
      let centre = (bias.map { Double($0[channel]) } ?? 0) - Double(mean[channel])
      foldedBias[channel] = Float(centre * Double(foldedBias[channel]) + (beta.map { Double($0[channel]) } ?? 0))
    }
  }

  /// moving = moving * momentum + batch * (1 - momentum).
  public static func updateMoving(_ moving: Buffer, with batch: Buffer, momentum: Float) {
    precondition(moving.count == batch.count)
    unsafe ck_average_moving(moving.pointer, batch.pointer, moving.count, momentum)
  }
}
