internal import CKernels
public import Tensors

/// Random numbers by the million, each a function of its position alone: element e comes from word e of
/// `RandomStream(seed:, purpose: .initialization, item:)`, so that any part can be drawn by anybody.
///
/// No processor fuses multiplications and additions here, so all draw the same bits.
public struct RandomFill: Sendable {
  public enum Distribution: Sendable {
    /// From `minimum` to below `maximum`.
    case uniform(minimum: Double, maximum: Double)
    /// The inverse of the distribution function of 24 random bits.
    case normal(mean: Double, deviation: Double)
    /// Normal with nothing beyond two deviations, not rescaled: Keras's `truncated_normal`.
    case truncatedNormal(mean: Double, deviation: Double)
  }

  /// Parts begin at multiples of this many elements.
  public static let granularity = 64

  public let seed: UInt64
  /// What the seed is used for: the number of the parameter.
  public let item: Int

  public init(seed: UInt64, item: Int) { (self.seed, self.item) = (seed, item) }

  /// Draws the elements from number `first` on.
  ///
  /// - Parameter first: a multiple of `granularity`.
  public func draw(_ distribution: Distribution, into buffer: Buffer, from first: Int = 0) {
    precondition(first >= 0 && first % RandomFill.granularity == 0 && first + buffer.count <= 1 << 34)
    let (kind, location, scale) =
      switch distribution {
      case .uniform(let minimum, let maximum): (CK_UNIFORM, minimum, maximum - minimum)
      case .normal(let mean, let deviation): (CK_NORMAL, mean, deviation)
      case .truncatedNormal(let mean, let deviation): (CK_TRUNCATED_NORMAL, mean, deviation)
      }
    var key = RandomStream.key(seed: seed)
    unsafe withUnsafeBytes(of: &key) { key in
      unsafe ck_draw(
        buffer.pointer, buffer.count, first, kind, Float(location), Float(scale),
        key.assumingMemoryBound(to: UInt32.self).baseAddress,
        RandomStream.word(purpose: .initialization, item: item))
    }
  }
}
