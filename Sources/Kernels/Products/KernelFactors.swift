internal import CKernels
public import Tensors

/// The gradient of a Dense kernel as the two factors whose product it is: dkernel = x transpose(dy), summed over the
/// images of a batch ("sufficient factors": Xie et al., "Lighter-communication distributed machine learning via
/// sufficient factor broadcasting", UAI 2016).
///
/// With few images the factors are much smaller than the kernel. They are kept for each shard, one after the other in
/// memory: the number of images, inputs (channels in, lanes), gradients (units by blocks, lanes). A part of the
/// gradient is multiplied out where it is wanted; that of a shard of up to 64 lanes has the bits of
/// `DenseProduct.differentiateKernel` by vectors.
public struct KernelFactors: Hashable, Sendable {
  /// Shape of the kernel.
  public let inputs: Int
  public let units: Int
  public let lanes: Int

  /// The factors of one shard, and how many sums of two shards, or of two sums, are complete with it.
  public struct Shard: Sendable {
    public let memory: Buffer
    public let additions: Int

    public init(_ memory: Buffer, additions: Int) { (self.memory, self.additions) = (memory, additions) }
  }

  public init(inputs: Int, units: Int, lanes: Int) { (self.inputs, self.units, self.lanes) = (inputs, units, lanes) }

  /// Floats that the factors of a shard take.
  public var count: Int {
    let block = CK_FACTOR_UNITS
    return gradientStart + (units + block - 1) / block * block * lanes
  }

  /// A cache line, of which the first float is the number of images.
  private static let header = 16
  private var gradientStart: Int { KernelFactors.header + inputs * lanes }

  /// Takes over the factors of a shard.
  ///
  /// - Parameters:
  ///   - input: x, (channels in), with anything in the lanes behind the first `live`.
  ///   - gradient: dy, (units).
  public func record(input: Tensor, gradient: Tensor, live: Int, into memory: Buffer) {
    precondition(memory.count == count && live <= lanes)
    precondition(input.layout.channels == inputs && gradient.layout.channels == units)
    precondition(input.layout.planeCount == lanes && gradient.layout.planeCount == lanes, "one position")
    memory[0] = Float(live)
    unsafe ck_record_factors(
      input.pointer, input.layout.channelStride, inputs, gradient.pointer, gradient.layout.channelStride, units, lanes,
      live, memory.pointer + KernelFactors.header, memory.pointer + gradientStart)
  }

  /// The factors of a shard without images.
  public func clear(_ memory: Buffer) {
    precondition(memory.count == count)
    memory[0] = 0
  }

  /// Some rows of the gradient, (rows, units): the sum over the shards, in the order of their additions.
  public func multiply(_ shards: [Shard], rows: Range<Int>, into result: Buffer) {
    precondition(result.count == rows.count * units && rows.lowerBound >= 0 && rows.upperBound <= inputs)
    unsafe withUnsafeTemporaryAllocation(of: ck_shard_factors.self, capacity: shards.count) { factors in
      var depth = 0
      for (index, shard) in shards.enumerated() {
        let memory = shard.memory
        depth += 1 - shard.additions
        precondition(memory.count == count && depth >= 1 && depth < CK_FACTOR_DEPTH)
        unsafe factors.initializeElement(
          at: index,
          to: ck_shard_factors(
            inputs: memory.pointer + KernelFactors.header + rows.lowerBound * lanes,
            gradients: memory.pointer + gradientStart, live: live(memory), additions: shard.additions))
      }
      precondition(depth == 1, "the additions do not make one sum")
      unsafe ck_multiply_factors(factors.baseAddress, shards.count, lanes, result.pointer, rows.count, units)
    }
  }

  /// No element of a shard's gradient is larger, nor is any sum on the way to it (Cauchy and Schwarz); NaN or infinite
  /// where a factor is not finite.
  public func bound(_ memory: Buffer) -> Double {
    let (live, block) = (live(memory), CK_FACTOR_UNITS)
    var squares = 0.0
    for start in stride(from: gradientStart, to: memory.count, by: block * lanes) {
      squares += memory[start..<start + live * block].sumOfSquares
    }
    return (memory[KernelFactors.header..<gradientStart].sumOfSquares * squares).squareRoot()
  }

  private func live(_ memory: Buffer) -> Int { Int(memory[0]) }
}
