import Foundation
internal import Tensors

/// Slow twins of `GroupedNormalization` and `GroupedSoftmax`: everything group by group, in doubles.
package struct ReferenceGrouping {
  package let grouping: Grouping

  package init(_ grouping: Grouping) { self.grouping = grouping }

  /// For each group, the places of its elements in a sample in Keras's order, and the parameter of each.
  private var groups: [[(place: Int, parameter: Int)]] {
    let sizes = grouping.shape.dimensions
    var groups = Array(repeating: [(place: Int, parameter: Int)](), count: grouping.groupCount)
    for place in 0..<grouping.shape.count {
      var (rest, position) = (place, Array(repeating: 0, count: sizes.count))
      for axis in sizes.indices.reversed() { (rest, position[axis]) = (rest / sizes[axis], rest % sizes[axis]) }
      let group = sizes.indices.reduce(0) {
        $0 * grouping.groups[$1] + position[$1] / (sizes[$1] / grouping.groups[$1])
      }
      let parameter = grouping.parameterAxes.reduce(0) { $0 * sizes[$1] + position[$1] }
      groups[group].append((place, parameter))
    }
    return groups
  }

  /// m and r of a group.
  private func statistics(_ x: [Double], _ form: GroupedNormalization.Form, _ epsilon: Double) -> (Double, Double) {
    let count = Double(x.count)
    let mean = x.reduce(0, +) / count
    func squares(_ centre: Double) -> Double { x.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } }
    switch form {
    case .standard: return (mean, 1 / (squares(mean) / count + epsilon).squareRoot())
    case .varianceScaled: return (0, 1 / (squares(mean) / count + epsilon).squareRoot())
    case .rootMeanSquare: return (0, 1 / (squares(0) / count + epsilon).squareRoot())
    case .unitLength: return (0, 1 / max(squares(0), epsilon).squareRoot())
    }
  }

  package func normalize(
    _ x: ReferenceTensor, form: GroupedNormalization.Form, epsilon: Double, gamma: [Double], beta: [Double]
  ) -> ReferenceTensor {
    var result = x
    for (start, group) in members(x) {
      let (m, r) = statistics(group.map { x.values[start + $0.place] }, form, epsilon)
      for (place, parameter) in group {
        result.values[start + place] = (x.values[start + place] - m) * r * gamma[parameter] + beta[parameter]
      }
    }
    return result
  }

  /// The gradients of x, gamma and beta, by the definition of a derivative: dr/dx and dm/dx written out.
  package func differentiate(
    _ x: ReferenceTensor, gradient dy: ReferenceTensor, form: GroupedNormalization.Form, epsilon: Double,
    gamma: [Double]
  ) -> (input: ReferenceTensor, gamma: [Double], beta: [Double]) {
    var result = x
    var (gammas, betas) = (gamma.map { _ in 0.0 }, gamma.map { _ in 0.0 })
    for (start, group) in members(x) {
      let values = group.map { x.values[start + $0.place] }
      let slopes = group.map { dy.values[start + $0.place] }
      let count = Double(values.count)
      let (m, r) = statistics(values, form, epsilon)
      let mean = values.reduce(0, +) / count
      for (index, member) in group.enumerated() {
        gammas[member.parameter] += slopes[index] * (values[index] - m) * r
        betas[member.parameter] += slopes[index]
      }
      let byScale = zip(group.indices, slopes).reduce(0) {
        $0 + $1.1 * gamma[group[$1.0].parameter] * (values[$1.0] - m)
      }
      let byShift = zip(group.indices, slopes).reduce(0) { $0 - $1.1 * gamma[group[$1.0].parameter] * r }
      for (index, member) in group.enumerated() {
        let scaleSlope =
          switch form {
          case .standard, .varianceScaled: -r * r * r * (values[index] - mean) / count
          case .rootMeanSquare: -r * r * r * values[index] / count
          case .unitLength: values.reduce(0) { $0 + $1 * $1 } > epsilon ? -r * r * r * values[index] : 0
          }
        let shiftSlope = form == .standard ? 1 / count : 0
        result.values[start + member.place] =
          slopes[index] * gamma[member.parameter] * r + byScale * scaleSlope + byShift * shiftSlope
      }
    }
    return (result, gammas, betas)
  }

  package func softmax(_ x: ReferenceTensor) -> ReferenceTensor {
    var result = x
    for (start, group) in members(x) {
      let values = group.map { x.values[start + $0.place] }
      let largest = values.max() ?? 0
      let sum = values.reduce(0) { $0 + exp($1 - largest) }
      for (place, _) in group { result.values[start + place] = exp(x.values[start + place] - largest) / sum }
    }
    return result
  }

  package func differentiateSoftmax(output y: ReferenceTensor, gradient dy: ReferenceTensor) -> ReferenceTensor {
    var result = y
    for (start, group) in members(y) {
      let sum = group.reduce(0) { $0 + y.values[start + $1.place] * dy.values[start + $1.place] }
      for (place, _) in group {
        result.values[start + place] = y.values[start + place] * (dy.values[start + place] - sum)
      }
    }
    return result
  }

  /// The groups of every sample, and where the sample begins.
  private func members(_ x: ReferenceTensor) -> [(start: Int, group: [(place: Int, parameter: Int)])] {
    let groups = self.groups
    return (0..<x.lanes).flatMap { lane in groups.map { (lane * x.shape.count, $0) } }
  }
}
