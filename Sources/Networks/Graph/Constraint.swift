public import Tensors

/// A constraint that the weights of a parameter are made to fulfil after every step of training; Keras's constraints.
/// Norms are Euclidean, over the given axes of the parameter; epsilon is 1e-7.
public enum Constraint: Hashable, Sendable {
  /// w * clip(norm, 0, maximum) / (epsilon + norm)
  case maximumNorm(Double, axes: [Int])
  /// max(w, 0)
  case nonNegative
  /// w / (epsilon + norm)
  case unitNorm(axes: [Int])
  /// w * (rate * clip(norm, minimum, maximum) + (1 - rate) * norm) / (epsilon + norm)
  case normBetween(minimum: Double, maximum: Double, rate: Double, axes: [Int])

  private static let epsilon = 1e-7

  /// Moves the weights, as a function of them alone.
  ///
  /// - Parameter shape: of the parameter.
  public func apply(to weights: Buffer, shape: [Int]) {
    switch self {
    case .nonNegative:
      for index in 0..<weights.count where weights[index] < 0 { weights[index] = 0 }
    case .maximumNorm(let maximum, let axes):
      rescale(weights, shape, axes) { min($0, maximum) / (Constraint.epsilon + $0) }
    case .unitNorm(let axes):
      rescale(weights, shape, axes) { 1 / (Constraint.epsilon + $0) }
    case .normBetween(let minimum, let maximum, let rate, let axes):
      rescale(weights, shape, axes) { norm in
        (rate * min(max(norm, minimum), maximum) + (1 - rate) * norm) / (Constraint.epsilon + norm)
      }
    }
  }

  /// Multiplies the weights that differ along `axes` only by a function of their norm.
  private func rescale(_ weights: Buffer, _ shape: [Int], _ axes: [Int], _ factor: (Double) -> Double) {
    for group in 0..<groupCount(shape, axes) {
      var squares = 0.0
      forEachMember(of: group, shape, axes) { squares += Double(weights[$0]) * Double(weights[$0]) }
      let scale = Float(factor(squares.squareRoot()))
      forEachMember(of: group, shape, axes) { weights[$0] *= scale }
    }
  }

  private func groupCount(_ shape: [Int], _ axes: [Int]) -> Int {
    var count = 1
    for (axis, size) in shape.enumerated() where !contains(axis, axes, shape.count) { count *= size }
    return count
  }

  private func contains(_ axis: Int, _ axes: [Int], _ rank: Int) -> Bool {
    axes.contains(axis) || axes.contains(axis - rank)
  }

  /// The weights at one place along the other axes, in ascending order; without any array, for a step allocates
  /// nothing.
  private func forEachMember(of group: Int, _ shape: [Int], _ axes: [Int], _ body: (Int) -> Void) {
    var (start, rest, stride, members) = (0, group, 1, 1)
    for axis in shape.indices.reversed() {
      if contains(axis, axes, shape.count) {
        members *= shape[axis]
      } else {
        start += rest % shape[axis] * stride
        rest /= shape[axis]
      }
      stride *= shape[axis]
    }
    for member in 0..<members {
      var (index, rest, stride) = (start, member, 1)
      for axis in shape.indices.reversed() {
        if contains(axis, axes, shape.count) {
          index += rest % shape[axis] * stride
          rest /= shape[axis]
        }
        stride *= shape[axis]
      }
      body(index)
    }
  }
}
