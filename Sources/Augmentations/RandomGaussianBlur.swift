internal import Foundation
public import Kernels
public import Tensors

/// Blurs an image by Gaussian weights, with a probability (Keras's `RandomGaussianBlur`); with zeros outside.
public struct RandomGaussianBlur: PictureAugmentation {
  public static let kerasName = "RandomGaussianBlur"

  /// The range that the probability is drawn from.
  public var factor: FactorRange
  /// Odd numbers of pixels: across and down.
  public var kernelSize: (across: Int, down: Int) { (sizes[0], sizes[1]) }
  private var sizes: [Int]
  /// The range that the deviations across and down are drawn from.
  public var sigma: FactorRange
  public var valueRange: ClosedRange<Double>

  /// The deviations; nil for no blur.
  public typealias Drawn = Deviations?

  public struct Deviations: Hashable, Sendable {
    public var across: Float, down: Float

    public init(across: Float, down: Float) { (self.across, self.down) = (across, down) }
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    factor = try arguments.range("factor", in: 0...1, default: FactorRange(0, 1))
    let sizes = arguments.has("kernel_size") ? arguments.numbers("kernel_size") ?? [] : [3]
    self.sizes = (sizes.count == 1 ? [sizes[0], sizes[0]] : sizes).compactMap { Int(exactly: $0) }
    sigma = try arguments.range("sigma", in: 0...1, default: FactorRange(0, 1))
    valueRange = try arguments.valueRange()
    guard self.sizes.count == 2, self.sizes.allSatisfy({ (1...255).contains($0) && $0 % 2 == 1 }) else {
      throw arguments.error("kernel_size", "an odd number of pixels, or two")
    }
  }

  public var arguments: [String: ArgumentValue] {
    [
      "factor": .pair(factor), "kernel_size": .list(sizes.map { .integer($0) }), "sigma": .pair(sigma),
      "value_range": .pair(valueRange),
    ]
  }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Drawn {
    let isApplied = random.happens(factor)
    let deviations = Deviations(across: sigma.draw(&random) + 1e-6, down: sigma.draw(&random) + 1e-6)
    return isApplied ? deviations : nil
  }

  public func apply(_ drawn: Drawn, to picture: FloatPicture, _ memory: Buffer) {
    if let drawn { blur(picture, drawn, memory) }
    picture.clip(valueRange.floats)
  }

  public func differentiate(_ drawn: Drawn, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let behind = picture.like(in: memory[picture.count..<2 * picture.count])
    behind.copy(from: picture)
    if let drawn { blur(behind, drawn, memory) }
    gradient.keepGradient(where: behind, isIn: valueRange.floats)
    // The map is its own transpose.
    if let drawn { blur(gradient, drawn, memory) }
  }

  private func blur(_ picture: FloatPicture, _ deviations: Deviations, _ memory: Buffer) {
    picture.convolve(
      across: Self.weights(kernelSize.across, Double(deviations.across)),
      down: Self.weights(kernelSize.down, Double(deviations.down)), memory)
  }

  /// Gaussian weights of so many pixels, which sum to 1.
  static func weights(_ count: Int, _ deviation: Double) -> [Float] {
    let values = (0..<count).map { place in
      let distance = (Double(place) - Double(count - 1) / 2) / deviation
      return exp(-0.5 * distance * distance)
    }
    let sum = values.reduce(0, +)
    return values.map { Float($0 / sum) }
  }
}
