import Foundation
import Tensors

/// The slow twin of `RandomFill`: one number after the other, in Double.
package enum ReferenceRandomFill {
  package static func draw(_ distribution: RandomFill.Distribution, count: Int, seed: UInt64, item: Int) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .initialization, item: item)
    return (0..<count).map { _ in
      let bits = Double(stream.nextWord() >> 8)
      let centred = (2 * bits + 1) * 0x1p-24 - 1
      switch distribution {
      case .uniform(let minimum, let maximum): return minimum + (maximum - minimum) * bits * 0x1p-24
      case .normal(let mean, let deviation): return mean + deviation * normal(centred)
      case .truncatedNormal(let mean, let deviation): return mean + deviation * normal(centred * erf(2.0.squareRoot()))
      }
    }
  }

  /// sqrt(2) * the inverse error function, by bisection.
  static func normal(_ probability: Double) -> Double {
    var (low, high) = (-6.0, 6.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if erf(middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
