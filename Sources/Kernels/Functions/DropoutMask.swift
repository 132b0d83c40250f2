internal import CKernels
public import Tensors

/// Dropout, whose mask is a pure function of seed, layer, step, sample and element, so that backward needs no memory of
/// forward.
///
/// Element number e of a sample, counted in (channel, depth, height, width) order, is kept when `uniform()` number e of
/// `RandomStream(seed:, purpose: .dropout, item: layer, major: step, minor: sample)` is at least `rate`.
public enum DropoutMask {
  /// y = x / (1 - rate) where the element is kept, else 0. The same call with gradients is the backward direction.
  /// `output` may be `input`.
  ///
  /// - Parameters:
  ///   - rate: in [0, 1).
  ///   - samples: the number of the sample in each lane; dead lanes may hold anything.
  public static func apply(
    _ input: Tensor, rate: Float, seed: UInt64, layer: Int, step: Int, samples: [UInt32], into output: Tensor
  ) {
    apply(
      input, rate: rate, scale: 1 / (1 - rate), seed: seed, layer: layer, step: step, samples: samples, into: output)
  }

  /// y = scale x + shift where the element is kept, else `dropped`; kept by the same rule. `output` may be `input`.
  public static func apply(
    _ input: Tensor, rate: Float, scale: Float, shift: Float = 0, dropped: Float = 0, seed: UInt64, layer: Int,
    step: Int, samples: [UInt32], into output: Tensor
  ) {
    precondition(rate >= 0 && rate < 1, "a dropout rate of \(rate) is not in [0, 1)")
    // uniform() is a multiple of 2^-24, so the comparison is one of integers.
    let threshold = UInt32((rate * 0x1p24).rounded(.up))
    unsafe withCounter(input, output, seed, samples) { key, samples in
      unsafe ck_dropout(
        input.pointer, input.layout.strides, output.pointer, output.layout.strides, input.layout.runs(joinedAxes: 0),
        input.lanes, threshold, scale, shift, dropped, key, RandomStream.word(purpose: .dropout, item: layer),
        UInt32(truncatingIfNeeded: step), samples)
    }
  }

  /// y = x + n, or x n if it `multiplies`, where n is normal with that mean and deviation: the inverse of the
  /// distribution function of the random bits of the element's `uniform()`. `output` may be `input`.
  public static func addNoise(
    _ input: Tensor, multiplies: Bool, mean: Float, deviation: Float, seed: UInt64, layer: Int, step: Int,
    samples: [UInt32], into output: Tensor
  ) {
    unsafe withCounter(input, output, seed, samples) { key, samples in
      unsafe ck_add_noise(
        input.pointer, input.layout.strides, output.pointer, output.layout.strides, input.layout.runs(joinedAxes: 0),
        input.lanes, multiplies ? 1 : 0, mean, deviation, key, RandomStream.word(purpose: .dropout, item: layer),
        UInt32(truncatingIfNeeded: step), samples)
    }
  }

  private static func withCounter(
    _ input: Tensor, _ output: Tensor, _ seed: UInt64, _ samples: [UInt32],
    _ body: (_ key: UnsafePointer<UInt32>?, _ samples: UnsafePointer<UInt32>?) -> Void
  ) {
    precondition(samples.count >= input.lanes, "\(samples.count) sample numbers for \(input.lanes) lanes")
    precondition(input.layout.hasSameExtent(as: output.layout))
    var key = RandomStream.key(seed: seed)
    unsafe samples.withUnsafeBufferPointer { samples in
      unsafe withUnsafeBytes(of: &key) { key in
        unsafe body(key.assumingMemoryBound(to: UInt32.self).baseAddress, samples.baseAddress)
      }
    }
  }
}
