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
    precondition(rate >= 0 && rate < 1, "a dropout rate of \(rate) is not in [0, 1)")
    precondition(samples.count >= input.lanes, "\(samples.count) sample numbers for \(input.lanes) lanes")
    precondition(input.layout.hasSameExtent(as: output.layout))
    var key = RandomStream.key(seed: seed)
    // uniform() is a multiple of 2^-24, so the comparison is one of integers.
    let threshold = UInt32((rate * 0x1p24).rounded(.up))
    unsafe samples.withUnsafeBufferPointer { samples in
      unsafe withUnsafeBytes(of: &key) { key in
        unsafe ck_dropout(
          input.pointer, input.layout.strides, output.pointer, output.layout.strides, input.layout.runs(joinedAxes: 0),
          input.lanes, threshold, 1 / (1 - rate), key.assumingMemoryBound(to: UInt32.self).baseAddress,
          RandomStream.word(purpose: .dropout, item: layer), UInt32(truncatingIfNeeded: step), samples.baseAddress)
      }
    }
  }
}
