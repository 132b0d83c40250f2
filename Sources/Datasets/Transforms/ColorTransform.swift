public import Tensors

/// A transform that changes the numbers of images and nothing else.
public protocol ColorTransform: SampleTransform {
  /// The least and the greatest number of an image as it is stored; what lies beyond after the change becomes them.
  var valueRange: [Double] { get }

  /// What becomes of the numbers of an image.
  ///
  /// - Parameter means: of each channel.
  func change(means: [Float], random: inout RandomStream) -> (factor: Float, offsets: [Float])
}

extension ColorTransform {
  public func apply(to input: Sample, into output: inout Sample, random: inout RandomStream) {
    for (position, column) in input.columns.enumerated() where output.holds(position) {
      output.copy(position, from: input)
      guard column.kind == .image else { continue }
      // Every image of a sample is changed alike.
      var random = random
      let change = change(means: output.means(of: position), random: &random)
      let range = Float(valueRange[0])...Float(valueRange[1])
      output.multiply(position, by: change.factor, plus: change.offsets, within: range)
    }
  }

  func requireRange() throws(DataError) {
    guard valueRange.count == 2, valueRange[0] < valueRange[1] else {
      throw DataError(
        "\(Self.kerasName).value_range", "is \(valueRange)", remedy: "give the least and the greatest number, [0, 255]")
    }
  }
}

extension Sample {
  /// The mean of each channel of an image of floats.
  fileprivate func means(of column: Int) -> [Float] {
    let (shape, numbers) = (columns[column].shape, unsafe start(of: column).assumingMemoryBound(to: Float.self))
    let pixels = shape.count / shape.channels
    return (0..<shape.channels).map { channel in
      var sum = 0.0
      for pixel in 0..<pixels { unsafe sum += Double(numbers[pixel * shape.channels + channel]) }
      return Float(sum / Double(pixels))
    }
  }

  fileprivate mutating func multiply(
    _ column: Int, by factor: Float, plus offsets: [Float], within range: ClosedRange<Float>
  ) {
    let (shape, numbers) = (columns[column].shape, unsafe start(of: column).assumingMemoryBound(to: Float.self))
    for pixel in 0..<shape.count / shape.channels {
      for channel in 0..<shape.channels {
        let place = pixel * shape.channels + channel
        let value = unsafe numbers[place] * factor + offsets[channel]
        unsafe numbers[place] = min(max(value, range.lowerBound), range.upperBound)
      }
    }
  }
}
