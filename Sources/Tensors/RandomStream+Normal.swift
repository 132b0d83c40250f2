import Foundation

extension RandomStream {
  /// Normal with mean 0 and standard deviation 1: Box and Muller's transform of two uniforms.
  public mutating func normal() -> Float {
    let radius = (-2 * log(1 - Double(uniform()))).squareRoot()
    return Float(radius * cos(2 * .pi * Double(uniform())))
  }
}
