internal import CKernels
public import Tensors

// What is done to the numbers of a picture, in place.
extension FloatPicture {
  /// x * factor + offset, of each channel, within a range.
  public func scale(_ factors: [Float], plus offsets: [Float], within range: ClosedRange<Float> = .all) {
    precondition(factors.count == channels && offsets.count == channels)
    let memory = numbers
    unsafe ck_picture_scale(
      memory.pointer, pixels, channels, factors, offsets, range.lowerBound, range.upperBound)
  }

  /// x within a range.
  public func clip(_ range: ClosedRange<Float>) { map { min(max($0, range.lowerBound), range.upperBound) } }

  /// x + share * (other - x), within a range.
  public func blend(_ other: FloatPicture, share: Float, within range: ClosedRange<Float> = .all) {
    precondition(other.count == count)
    let (memory, others) = (numbers, other.numbers)
    unsafe ck_picture_blend(
      memory.pointer, others.pointer, count, share, range.lowerBound, range.upperBound)
  }

  /// x + share * (grey - x), within a range, of three channels: grey = 0.2989 r + 0.587 g + 0.114 b.
  public func degenerate(share: Float, within range: ClosedRange<Float> = .all) {
    precondition(channels == 3)
    let memory = numbers
    unsafe ck_picture_degenerate(memory.pointer, pixels, share, range.lowerBound, range.upperBound)
  }

  /// Turns hues and multiplies saturations.
  public func recolor(_ recoloring: Recoloring) {
    precondition(channels == 3)
    let memory = numbers
    var kernel = recoloring.kernel
    unsafe ck_picture_recolor(memory.pointer, pixels, &kernel)
  }

  /// The highest bits of numbers in a range, as if they were bytes.
  public func posterize(bits: Int, in range: ClosedRange<Float>) {
    precondition((1...8).contains(bits))
    let memory = numbers
    unsafe ck_picture_posterize(memory.pointer, count, Int32(bits), range.lowerBound, range.upperBound)
  }

  /// v = x + addition within 0 and 255, and 255 - v from a threshold on, for numbers of a range as if they were bytes.
  public func solarize(addition: Float, threshold: Float, in range: ClosedRange<Float>) {
    let memory = numbers
    unsafe ck_picture_solarize(memory.pointer, count, addition, threshold, range.lowerBound, range.upperBound)
  }

  /// The sum of weights * pixels along rows, then along columns, with zeros outside.
  ///
  /// - Parameters:
  ///   - across, down: weights in an odd number.
  ///   - memory: a picture's worth.
  public func convolve(across: [Float], down: [Float], _ memory: Buffer) {
    precondition(across.count % 2 == 1 && down.count % 2 == 1 && memory.count >= count)
    let own = numbers
    let row = width * channels
    unsafe ck_picture_convolve(
      own.pointer, memory.pointer, height, row, width, channels, channels, across, across.count)
    unsafe ck_picture_convolve(memory.pointer, own.pointer, 1, 0, height, row, row, down, down.count)
  }
}

/// Changes of colours as hue, saturation and value, of numbers in a range.
public struct Recoloring: Hashable, Sendable {
  /// Added to hues, in parts of a turn.
  public var hue: Float
  /// The factor of saturations, and what they are then limited to.
  public var saturation: Float, limits: ClosedRange<Float>
  public var range: ClosedRange<Float>

  public init(
    hue: Float = 0, saturation: Float = 1, limits: ClosedRange<Float> = 0...1, range: ClosedRange<Float> = 0...1
  ) {
    (self.hue, self.saturation, self.limits, self.range) = (hue, saturation, limits, range)
  }

  var kernel: ck_recoloring {
    ck_recoloring(
      hue: hue, saturation: saturation, least_saturation: limits.lowerBound, greatest_saturation: limits.upperBound,
      low: range.lowerBound, range: range.upperBound - range.lowerBound)
  }
}

extension ClosedRange<Float> {
  /// No limits.
  public static var all: ClosedRange<Float> { -.greatestFiniteMagnitude ... .greatestFiniteMagnitude }
}
