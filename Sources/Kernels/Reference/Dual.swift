import Foundation

/// A number and its derivative: what the slow twins of losses compute with, so that their definition is enough.
package struct Dual: Sendable {
  package var value: Double
  package var slope: Double

  package init(_ value: Double, slope: Double = 0) { (self.value, self.slope) = (value, slope) }

  static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, slope: a.slope + b.slope) }
  static func - (a: Dual, b: Dual) -> Dual { Dual(a.value - b.value, slope: a.slope - b.slope) }
  static func * (a: Dual, b: Dual) -> Dual {
    Dual(a.value * b.value, slope: a.slope * b.value + a.value * b.slope)
  }
  static func / (a: Dual, b: Dual) -> Dual {
    Dual(a.value / b.value, slope: (a.slope * b.value - a.value * b.slope) / (b.value * b.value))
  }
  static prefix func - (a: Dual) -> Dual { Dual(-a.value, slope: -a.slope) }

  func logarithm() -> Dual { Dual(log(value), slope: slope / value) }
  func exponential() -> Dual { Dual(exp(value), slope: slope * exp(value)) }
  func squareRoot() -> Dual { Dual(value.squareRoot(), slope: slope / (2 * value.squareRoot())) }
  func power(_ exponent: Double) -> Dual {
    Dual(pow(value, exponent), slope: exponent == 0 ? 0 : slope * exponent * pow(value, exponent - 1))
  }
  func arcTangent() -> Dual { Dual(atan(value), slope: slope / (1 + value * value)) }

  /// The larger one; the first of equal ones.
  static func max(_ a: Dual, _ b: Dual) -> Dual { a.value >= b.value ? a : b }
  static func min(_ a: Dual, _ b: Dual) -> Dual { a.value <= b.value ? a : b }
  var magnitude: Dual { value < 0 ? -self : self }

  func clipped(_ low: Double, _ high: Double) -> Dual { Dual.max(Dual.min(self, Dual(high)), Dual(low)) }
}
