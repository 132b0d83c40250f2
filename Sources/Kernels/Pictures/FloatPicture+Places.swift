internal import CKernels
import Tensors

// What concerns numbers one by one or channels as a whole.
extension FloatPicture {
  public subscript(row: Int, column: Int, channel: Int) -> Float {
    get { numbers[(row * width + column) * channels + channel] }
    nonmutating set { numbers[(row * width + column) * channels + channel] = newValue }
  }

  /// The mean of each channel, summed in doubles, row by row.
  public var means: [Float] {
    defer { withExtendedLifetime(numbers) {} }
    let values = unsafe numbers.pointer
    return (0..<channels).map { channel in
      var sum = 0.0
      for pixel in 0..<pixels { unsafe sum += Double(values[pixel * channels + channel]) }
      return Float(sum / Double(pixels))
    }
  }

  /// The least and the greatest number of a channel.
  public func extremes(ofChannel channel: Int) -> ClosedRange<Float> {
    defer { withExtendedLifetime(numbers) {} }
    let values = unsafe numbers.pointer
    var (least, greatest) = (Float.infinity, -Float.infinity)
    for pixel in 0..<pixels {
      let value = unsafe values[pixel * channels + channel]
      (least, greatest) = (min(least, value), max(greatest, value))
    }
    return least...max(least, greatest)
  }

  /// Changes each number of a channel.
  public func map(channel: Int, _ change: (Float) -> Float) {
    defer { withExtendedLifetime(numbers) {} }
    let values = unsafe numbers.pointer
    for pixel in 0..<pixels {
      let place = pixel * channels + channel
      unsafe values[place] = change(values[place])
    }
  }

  /// Changes each number.
  public func map(_ change: (Float) -> Float) {
    defer { withExtendedLifetime(numbers) {} }
    let values = unsafe numbers.pointer
    for place in 0..<count { unsafe values[place] = change(values[place]) }
  }

  /// Changes each number, beside that of another picture.
  public func map(with other: FloatPicture, _ change: (Float, Float) -> Float) {
    precondition(other.count == count)
    defer { withExtendedLifetime((numbers, other)) {} }
    let (values, others) = unsafe (numbers.pointer, other.numbers.pointer)
    for place in 0..<count { unsafe values[place] = change(values[place], others[place]) }
  }
}

// Gradients, of dy to dx in place.
extension FloatPicture {
  /// Keeps the gradient where a value was within a range, or at its ends.
  public func keepGradient(where values: FloatPicture, isIn range: ClosedRange<Float>) {
    map(with: values) { gradient, value in range.contains(value) ? gradient : 0 }
  }

  /// That of `degenerate` without limits.
  public func differentiateDegeneration(share: Float) {
    precondition(channels == 3)
    let weights: [Float] = [0.2989, 0.587, 0.114]
    for pixel in 0..<pixels {
      let sum = numbers[3 * pixel] + numbers[3 * pixel + 1] + numbers[3 * pixel + 2]
      for channel in 0..<3 {
        let own = numbers[3 * pixel + channel]
        numbers[3 * pixel + channel] = own * (1 - share) + share * weights[channel] * sum
      }
    }
  }

  /// That of `recolor`.
  ///
  /// - Parameter values: what was recolored.
  public func differentiateRecoloring(_ recoloring: Recoloring, at values: FloatPicture) {
    precondition(channels == 3 && values.count == count)
    let (memory, before) = (numbers, values.numbers)
    var kernel = recoloring.kernel
    unsafe ck_picture_recolor_backward(before.pointer, memory.pointer, pixels, &kernel)
  }
}
