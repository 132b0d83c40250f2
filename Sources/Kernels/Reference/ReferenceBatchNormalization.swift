internal import Tensors

/// Slow twins of `BatchNormalization`; channels' values are arrays of doubles.
package struct ReferenceBatchNormalization {
  package var gamma: [Double], beta: [Double]
  package var mean: [Double], variance: [Double]
  package var epsilon: Double
  package var maximum: Double?

  package init(
    gamma: [Double], beta: [Double], mean: [Double], variance: [Double], epsilon: Double, maximum: Double?
  ) {
    (self.gamma, self.beta, self.mean, self.variance) = (gamma, beta, mean, variance)
    (self.epsilon, self.maximum) = (epsilon, maximum)
  }

  /// Mean and sum of squared deviations, in two passes.
  package static func moments(_ x: ReferenceTensor, live: Int) -> [(mean: Double, squares: Double)] {
    (0..<x.shape.channels).map { channel in
      let values = (0..<live).flatMap { lane in
        (0..<x.positions).map { x.element(lane, position: $0, channel: channel) }
      }
      let mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
      return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
    }
  }

  package func apply(_ x: ReferenceTensor) -> ReferenceTensor {
    x.map { value, _, _, channel in
      let y = gamma[channel] * normalized(value, channel) + beta[channel]
      return maximum.map { min(max(0, y), $0) } ?? y
    }
  }

  package func sums(input x: ReferenceTensor, gradient dy: ReferenceTensor, live: Int) -> [(
    gradient: Double, product: Double
  )] {
    let opened = opened(x, dy)
    return (0..<x.shape.channels).map { channel in
      var (gradient, product) = (0.0, 0.0)
      for lane in 0..<live {
        for position in 0..<x.positions {
          let slope = opened.element(lane, position: position, channel: channel)
          gradient += slope
          product += slope * normalized(x.element(lane, position: position, channel: channel), channel)
        }
      }
      return (gradient, product)
    }
  }

  /// dx; with `sums` nil the statistics do not depend on x.
  package func differentiate(
    input x: ReferenceTensor, gradient dy: ReferenceTensor, live: Int, sums: [(gradient: Double, product: Double)]?,
    count: Double
  ) -> ReferenceTensor {
    let opened = opened(x, dy)
    return x.map { value, lane, position, channel in
      guard lane < live else { return 0 }
      var slope = opened.element(lane, position: position, channel: channel)
      if let sums {
        slope -= sums[channel].gradient / count + normalized(value, channel) * sums[channel].product / count
      }
      return gamma[channel] / (variance[channel] + epsilon).squareRoot() * slope
    }
  }

  private func normalized(_ value: Double, _ channel: Int) -> Double {
    (value - mean[channel]) / (variance[channel] + epsilon).squareRoot()
  }

  private func opened(_ x: ReferenceTensor, _ dy: ReferenceTensor) -> ReferenceTensor {
    guard let maximum else { return dy }
    return x.map { value, lane, position, channel in
      let y = gamma[channel] * normalized(value, channel) + beta[channel]
      return y > 0 && y < maximum ? dy.element(lane, position: position, channel: channel) : 0
    }
  }
}
