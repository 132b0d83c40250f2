internal import CKernels
public import Tensors

/// The gradient of a Dense kernel as the two factors whose product it is: dkernel = x transpose(dy), summed over the images of a
/// batch ("sufficient factors": Xie et al., "Lighter-communication distributed machine learning via sufficient factor
/// broadcasting", UAI 2016).
///
/// With few images the factors are much smaller than the kernel. They are kept for each shard, one after the other in memory:
/// the number of images, inputs (channels in, lanes), gradients (lanes, units). A part of the gradient is multiplied out where
/// it is wanted, for up to 64 lanes with the bits of `DenseProduct.differentiateKernel` by vectors.
public struct KernelFactors: Hashable, Sendable {
  /// Shape of the kernel.
  public let inputs: Int
  public let units: Int
  public let lanes: Int

  public init(inputs: Int, units: Int, lanes: Int) { (self.inputs, self.units, self.lanes) = (inputs, units, lanes) }

  /// Floats that the factors of a shard take.
  public var count: Int { KernelFactors.header + inputs * lanes + lanes * gradientRow }

  /// A cache line, of which the first float is the number of images.
  private static let header = 16
  private var gradientRow: Int { (units + 15) / 16 * 16 }
  private var gradientStart: Int { KernelFactors.header + inputs * lanes }

  /// Takes over the factors of a shard.
  ///
  /// - Parameters:
  ///   - input: x, (channels in), with any lanes behind the first `live`.
  ///   - gradient: dy, (units).
  public func record(input: Tensor, gradient: Tensor, live: Int, into memory: Buffer) {
    precondition(memory.count == count && live <= lanes)
    precondition(input.layout.channels == inputs && gradient.layout.channels == units)
    precondition(input.layout.planeCount == lanes && gradient.layout.planeCount == lanes, "one position")
    memory[0] = Float(live)
    unsafe ck_record_factors(
      input.storage.pointer + input.layout.origin, input.layout.channelStride, inputs,
      gradient.storage.pointer + gradient.layout.origin, gradient.layout.channelStride, units, lanes, live,
      memory.pointer + KernelFactors.header, memory.pointer + gradientStart, gradientRow)
  }

  /// The factors of a shard without images.
  public func clear(_ memory: Buffer) {
    precondition(memory.count == count)
    memory[0] = 0
  }

  /// Some rows of the gradient, (rows, units), of one shard.
  ///
  /// - Parameter adding: adds them to what is there.
  public func multiply(_ memory: Buffer, rows: Range<Int>, into result: Buffer, adding: Bool) {
    precondition(memory.count == count && result.count == rows.count * units)
    precondition(rows.lowerBound >= 0 && rows.upperBound <= inputs)
    unsafe ck_factor_product(
      memory.pointer + KernelFactors.header + rows.lowerBound * lanes, lanes, memory.pointer + gradientStart, gradientRow,
      live(memory), result.pointer, rows.count, units, adding ? 1 : 0)
  }

  /// No element of a shard's gradient is larger, nor is any sum on the way to it (Cauchy and Schwarz); NaN or infinite where a
  /// factor is not finite.
  public func bound(_ memory: Buffer) -> Double {
    let live = live(memory)
    let rows = memory[gradientStart..<gradientStart + live * gradientRow]
    return (memory[KernelFactors.header..<gradientStart].sumOfSquares * rows.sumOfSquares).squareRoot()
  }

  private func live(_ memory: Buffer) -> Int { Int(memory[0]) }
}
