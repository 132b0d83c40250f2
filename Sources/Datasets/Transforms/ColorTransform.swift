public import Kernels
public import Tensors

/// A transform that changes the numbers of images and nothing else.
public protocol ColorTransform: SampleTransform {
  /// Changes a picture of floats in place; every image of a sample, and every frame, by the same random numbers.
  func change(_ picture: FloatPicture, random: inout RandomStream)
}

extension ColorTransform {
  public func apply(to input: Sample, into output: inout Sample, random: inout RandomStream) {
    for (position, column) in input.columns.enumerated() where output.holds(position) {
      output.copy(position, from: input)
      guard column.kind == .image else { continue }
      for frame in output.pictures(of: position) {
        var random = random
        change(frame, random: &random)
      }
    }
  }
}
