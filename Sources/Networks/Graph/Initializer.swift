import Kernels
import Tensors

/// How a parameter gets its first values; Keras's names and formulas.
///
/// `fanIn` and `fanOut` follow Keras: for a kernel (spatial..., in, out) the receptive field times in, and times out.
public enum Initializer: Hashable, Sendable {
  case zeros
  case ones
  case constant(Double)
  /// Uniform within ±sqrt(6 / (fanIn + fanOut)); Glorot and Bengio, 2010.
  case glorotUniform
  /// Truncated normal of variance 2 / (fanIn + fanOut).
  case glorotNormal
  /// Uniform within ±sqrt(6 / fanIn); He et al., 2015.
  case heUniform
  /// Truncated normal of variance 2 / fanIn.
  case heNormal
  /// Uniform within ±sqrt(3 / fanIn); LeCun et al., 1998.
  case lecunUniform
  /// Truncated normal of variance 1 / fanIn.
  case lecunNormal
  /// Normal of variance 2 / fanOut, not truncated: PyTorch's `kaiming_normal_(mode="fan_out")`.
  case heNormalFanOut
  /// Of variance `scale` over the fan: Keras's VarianceScaling, where it has no name of its own.
  case varianceScaling(scale: Double, fan: Fan, distribution: Spread)
  /// Truncated at two deviations, which are not corrected for it.
  case truncatedNormal(mean: Double, deviation: Double)
  case randomNormal(mean: Double, deviation: Double)
  case randomUniform(minimum: Double, maximum: Double)

  /// What of a kernel's shape the variance is divided by.
  public enum Fan: String, Hashable, Sendable {
    case fanIn = "fan_in"
    case fanOut = "fan_out"
    case average = "fan_avg"
  }

  public enum Spread: String, Hashable, Sendable {
    case truncatedNormal = "truncated_normal"
    case normal = "untruncated_normal"
    case uniform
  }

  /// A truncated normal is narrower than the normal it is cut from; this much, at two deviations.
  private static let truncation = 0.87962566103423978

  /// Writes the elements from number `first` on of a parameter of that shape.
  ///
  /// - Parameter first: a multiple of `RandomFill.granularity`.
  func fill(_ buffer: Buffer, from first: Int, shape: [Int], random: RandomFill) {
    let (fanIn, fanOut) = Initializer.fans(shape)
    func uniform(_ limit: Double) { draw(.uniform(minimum: -limit, maximum: limit)) }
    func truncated(_ variance: Double) {
      draw(.truncatedNormal(mean: 0, deviation: variance.squareRoot() / Initializer.truncation))
    }
    func draw(_ distribution: RandomFill.Distribution) { random.draw(distribution, into: buffer, from: first) }
    switch self {
    case .zeros: buffer.fill(0)
    case .ones: buffer.fill(1)
    case .constant(let value): buffer.fill(Float(value))
    case .glorotUniform: uniform((6 / (fanIn + fanOut)).squareRoot())
    case .glorotNormal: truncated(2 / (fanIn + fanOut))
    case .heUniform: uniform((6 / fanIn).squareRoot())
    case .heNormal: truncated(2 / fanIn)
    case .lecunUniform: uniform((3 / fanIn).squareRoot())
    case .lecunNormal: truncated(1 / fanIn)
    case .heNormalFanOut: draw(.normal(mean: 0, deviation: (2 / fanOut).squareRoot()))
    case .varianceScaling(let scale, let fan, let distribution):
      let divisor = fan == .fanIn ? fanIn : fan == .fanOut ? fanOut : (fanIn + fanOut) / 2
      switch distribution {
      case .truncatedNormal: truncated(scale / divisor)
      case .normal: draw(.normal(mean: 0, deviation: (scale / divisor).squareRoot()))
      case .uniform: uniform((3 * scale / divisor).squareRoot())
      }
    case .truncatedNormal(let mean, let deviation): draw(.truncatedNormal(mean: mean, deviation: deviation))
    case .randomNormal(let mean, let deviation): draw(.normal(mean: mean, deviation: deviation))
    case .randomUniform(let minimum, let maximum): draw(.uniform(minimum: minimum, maximum: maximum))
    }
  }

  private static func fans(_ shape: [Int]) -> (Double, Double) {
    switch shape.count {
    case 0: return (1, 1)
    case 1: return (Double(shape[0]), Double(shape[0]))
    default:
      let field = shape.dropLast(2).reduce(1, *)
      return (Double(field * shape[shape.count - 2]), Double(field * shape[shape.count - 1]))
    }
  }
}
