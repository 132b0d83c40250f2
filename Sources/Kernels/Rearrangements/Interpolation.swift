internal import Foundation

/// How an image of another size is made, by Keras's names. Pixels are areas: output o of m lies at
/// x = (o + 1/2) * n / m - 1/2 among the n inputs. Where the output is smaller, it can be smoothed ("antialias").
public enum Interpolation: String, CaseIterable, Hashable, Sendable {
  /// The input whose area x lies in.
  case nearest
  /// A straight line between the two inputs around x, the outermost inputs going on beyond the edge.
  case bilinear
  /// Keys's cubic convolution over four inputs, a = -1/2 (1981).
  case bicubic
  /// The sinc windowed by a wider one, over six and ten inputs (Duchon, 1979).
  case lanczos3, lanczos5

  /// The inputs that one output is made of, and their weights, which sum to 1: as many for all outputs.
  ///
  /// - Parameter isSmoothed: where there are n / m inputs to an output, more than one, the function of the distance is
  ///   as many times wider. As `tf.image.resize(antialias=True)`; the nearest stays the nearest.
  func taps(output: Int, of outputs: Int, inputs: Int, isSmoothed: Bool = false) -> [(index: Int, weight: Double)] {
    let place = (Double(output) + 0.5) * Double(inputs) / Double(outputs) - 0.5
    if isSmoothed, let radius {
      let width = max(1, Double(inputs) / Double(outputs))
      let (first, count) = (Int((place - radius * width).rounded(.up)), 2 * Int((radius * width).rounded(.up)) + 1)
      return inside(inputs, first: first, count: count) { weight((Double(first + $0) - place) / width) }
    }
    switch self {
    case .nearest:
      // In single precision as TensorFlow and Keras have it: where two inputs are as near, its rounding decides.
      let middle = (Float(output) + 0.5) * (Float(inputs) / Float(outputs))
      return [(min(inputs - 1, Int(middle)), 1)]
    case .bilinear:
      let first = Int(place.rounded(.down))
      let share = place - place.rounded(.down)
      return [(min(max(first, 0), inputs - 1), 1 - share), (min(first + 1, inputs - 1), share)]
    case .bicubic:
      // TensorFlow looks the weights up in a table of 1,024 steps; Keras's numbers are those of the table.
      let share = ((place - place.rounded(.down)) * 1024).rounded(.toNearestOrEven) / 1024
      return inside(inputs, first: Int(place.rounded(.down)) - 1, count: 4) {
        Interpolation.keys(Double($0 - 1) - share)
      }
    case .lanczos3, .lanczos5:
      let radius = self == .lanczos3 ? 3 : 5
      let first = Int((place - Double(radius)).rounded(.up))
      return inside(inputs, first: first, count: 2 * radius + 1) { weight(Double(first + $0) - place) }
    }
  }

  /// The distance from which on inputs have no weight, where the output is not smaller; nil for the nearest.
  private var radius: Double? {
    switch self {
    case .nearest: nil
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos3: 3
    case .lanczos5: 5
    }
  }

  /// Of an input at a distance, before all are made to sum to 1.
  private func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    guard let radius, x < radius else { return 0 }
    switch self {
    case .nearest, .bilinear: return 1 - x
    case .bicubic: return Interpolation.keys(x)
    case .lanczos3, .lanczos5:
      let angle = Double.pi * x
      return x == 0 ? 1 : radius * sin(angle) * sin(angle / radius) / (angle * angle)
    }
  }

  /// Weights of `count` inputs from `first` on; those beyond the edge are left out, and the others make 1 again.
  private func inside(
    _ inputs: Int, first: Int, count: Int, _ weight: (_ tap: Int) -> Double
  ) -> [(index: Int, weight: Double)] {
    let weights = (0..<count).map { (0..<inputs).contains(first + $0) ? weight($0) : 0 }
    let total = weights.reduce(0, +)
    return weights.enumerated().map { (min(max(first + $0.offset, 0), inputs - 1), $0.element / total) }
  }

  private static func keys(_ signed: Double) -> Double {
    let x = abs(signed)
    if x <= 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  }
}
