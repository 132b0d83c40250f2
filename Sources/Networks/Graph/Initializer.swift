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
  case randomNormal(mean: Double, deviation: Double)
  case randomUniform(minimum: Double, maximum: Double)
  /// Nothing beyond two deviations, not rescaled.
  case truncatedNormal(mean: Double, deviation: Double)
  /// Variance scale / n, with n the fan of the mode.
  case varianceScaling(scale: Double, mode: Fan, distribution: Distribution)
  /// Rows or columns that are orthogonal to each other, of length `gain`: the kernel as a matrix (all but the last
  /// axis, last axis); Saxe, McClelland and Ganguli, 2014.
  case orthogonal(gain: Double)
  /// `gain` on the diagonal of a matrix, zero elsewhere.
  case identity(gain: Double)

  /// The number that the variance is divided by.
  public enum Fan: String, CaseIterable, Sendable {
    case input = "fan_in"
    case output = "fan_out"
    case average = "fan_avg"
  }

  public enum Distribution: String, CaseIterable, Sendable {
    case truncatedNormal = "truncated_normal"
    case untruncatedNormal = "untruncated_normal"
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
    case .randomNormal(let mean, let deviation): draw(.normal(mean: mean, deviation: deviation))
    case .randomUniform(let minimum, let maximum): draw(.uniform(minimum: minimum, maximum: maximum))
    case .truncatedNormal(let mean, let deviation): draw(.truncatedNormal(mean: mean, deviation: deviation))
    case .varianceScaling(let scale, let mode, let distribution):
      let fan =
        switch mode {
        case .input: fanIn
        case .output: fanOut
        case .average: (fanIn + fanOut) / 2
        }
      let variance = scale / max(1, fan)
      switch distribution {
      case .truncatedNormal: truncated(variance)
      case .untruncatedNormal: draw(.normal(mean: 0, deviation: variance.squareRoot()))
      case .uniform: uniform((3 * variance).squareRoot())
      }
    case .orthogonal(let gain):
      let whole = Initializer.orthogonal(shape, gain: gain, random: random)
      for index in 0..<buffer.count { buffer[index] = whole[first + index] }
    case .identity(let gain):
      let columns = shape.last ?? 1
      for index in 0..<buffer.count {
        let place = first + index
        buffer[index] = place / columns == place % columns ? Float(gain) : 0
      }
    }
  }

  /// Whether any part can be filled for itself, without much work for the others.
  var isElementwise: Bool { if case .orthogonal = self { false } else { true } }

  /// The orthogonal factor of a matrix of normal numbers, with the signs that make the diagonal of the other factor
  /// positive: by Gram and Schmidt's process, twice over, in doubles.
  private static func orthogonal(_ shape: [Int], gain: Double, random: RandomFill) -> [Float] {
    let columns = shape.last ?? 1
    let rows = shape.dropLast().reduce(1, *)
    let (count, length) = (min(rows, columns), max(rows, columns))
    let drawn = Buffer(count: count * length)
    random.draw(.normal(mean: 0, deviation: 1), into: drawn)
    var vectors: [[Double]] = []
    for index in 0..<count {
      var vector = (0..<length).map { Double(drawn[$0 * count + index]) }
      for _ in 0..<2 {
        for other in vectors {
          var product = 0.0
          for place in 0..<length { product += other[place] * vector[place] }
          for place in 0..<length { vector[place] -= product * other[place] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vectors.append(vector.map { $0 / norm })
    }
    return (0..<rows * columns).map { place in
      let (row, column) = (place / columns, place % columns)
      return Float(gain * (rows < columns ? vectors[row][column] : vectors[column][row]))
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
