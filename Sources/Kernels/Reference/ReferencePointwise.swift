import Foundation

/// Slow twins of `PointwiseFunction`.
package enum ReferencePointwise {
  package static func value(_ function: PointwiseFunction, _ x: Double) -> Double {
    switch function {
    case .leakyReLU(let slope): x < 0 ? Double(slope) * x : x
    case .thresholdedReLU(let threshold): x > Double(threshold) ? x : 0
    case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
    case .selu:
      1.0507009873554805 * value(.elu(alpha: 1), x < 0 ? x : 0) * 1.6732632423543772
        + 1.0507009873554805 * max(0, x)
    case .gelu: x * erfc(-x / 2.0.squareRoot()) / 2
    case .geluTanh: x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .silu: x / (1 + exp(-x))
    case .softplus: max(0, x) + log1p(exp(-abs(x)))
    case .softsign: x / (1 + abs(x))
    case .exponential: exp(x)
    case .mish: x * tanh(value(.softplus, x))
    case .hardSilu: x * min(max(x / 6 + 0.5, 0), 1)
    case .logSigmoid: -value(.softplus, -x)
    case .tanhShrink: x - tanh(x)
    case .softShrink(let threshold): abs(x) <= Double(threshold) ? 0 : x - (x < 0 ? -1 : 1) * Double(threshold)
    case .hardShrink(let threshold): abs(x) <= Double(threshold) ? 0 : x
    case .squareplus: x < 0 ? 2 / ((x * x + 4).squareRoot() - x) : (x + (x * x + 4).squareRoot()) / 2
    case .sparsePlus: x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x
    case .clip(let slope, let offset, let low, let high):
      min(max(Double(slope) * x + Double(offset), Double(low)), Double(high))
    case .rectifier(let slope, let threshold, let maximum):
      x >= Double(maximum)
        ? Double(maximum) : x >= Double(threshold) ? x : Double(slope) * (x - Double(threshold))
    }
  }

  /// The derivative at x.
  package static func slope(_ function: PointwiseFunction, _ x: Double) -> Double {
    switch function {
    case .leakyReLU(let slope): return x < 0 ? Double(slope) : 1
    case .thresholdedReLU(let threshold): return x > Double(threshold) ? 1 : 0
    case .elu(let alpha): return x < 0 ? Double(alpha) * exp(x) : 1
    case .selu: return 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * exp(x) : 1)
    case .gelu: return erfc(-x / 2.0.squareRoot()) / 2 + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .geluTanh:
      let (scale, cubic) = ((2 / Double.pi).squareRoot(), 0.044715)
      let s = 1 / (1 + exp(-2 * scale * (x + cubic * x * x * x)))
      let rest = 1 / (1 + exp(2 * scale * (x + cubic * x * x * x)))
      return s + (abs(x) > 1e6 ? 0 : x * s * rest * 2 * scale * (1 + 3 * cubic * x * x))
    case .silu:
      let s = 1 / (1 + exp(-x))
      return s * (1 + x * (1 - s))
    case .softplus: return 1 / (1 + exp(-x))
    case .softsign: return 1 / ((1 + abs(x)) * (1 + abs(x)))
    case .exponential: return exp(x)
    case .mish:
      let t = tanh(value(.softplus, x))
      return t + x * (1 - t * t) / (1 + exp(-x))
    case .hardSilu: return x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1
    case .logSigmoid: return 1 / (1 + exp(x))
    case .tanhShrink: return tanh(x) * tanh(x)
    case .softShrink(let threshold), .hardShrink(let threshold): return abs(x) <= Double(threshold) ? 0 : 1
    case .squareplus: return (1 + x / (x * x + 4).squareRoot()) / 2
    case .sparsePlus: return x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1
    case .clip(let slope, let offset, let low, let high):
      let y = Double(slope) * x + Double(offset)
      return y > Double(low) && y < Double(high) ? Double(slope) : 0
    case .rectifier(let slope, let threshold, let maximum):
      return x >= Double(maximum) ? 0 : x >= Double(threshold) ? 1 : Double(slope)
    }
  }
}
