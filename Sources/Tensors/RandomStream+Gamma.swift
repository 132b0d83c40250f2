import Foundation

extension RandomStream {
  /// Of the gamma distribution of a shape, with scale 1: Marsaglia and Tsang's method (2000).
  public mutating func gamma(_ shape: Double) -> Double {
    precondition(shape > 0)
    // Smaller shapes by the one above: gamma(a) = gamma(a + 1) u^(1 / a).
    if shape < 1 { return gamma(shape + 1) * pow(1 - Double(uniform()), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = Double(normal())
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if log(1 - Double(uniform())) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// Of the beta distribution, between 0 and 1.
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    let (first, second) = (gamma(a), gamma(b))
    return first + second > 0 ? first / (first + second) : 0.5
  }
}
